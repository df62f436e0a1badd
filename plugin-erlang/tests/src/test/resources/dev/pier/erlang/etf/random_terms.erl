%% Random terms, and what term_to_binary makes of terms.
-module(random_terms).

-export([with_bytes/1, made/2]).

%% Each term with its bytes.
with_bytes(Terms) -> [{Term, encode(Term)} || Term <- Terms].

%% Random terms of Erlang's own making, the same kinds for the same seed, each with its bytes.
made(Seed, N) ->
    rand:seed(exsss, Seed),
    with_bytes([term(1 + I rem 4) || I <- lists:seq(1, N)]).

encode(Term) ->
    term_to_binary(Term, [{minor_version, 2}]).

term(0) ->
    leaf();
term(Levels) ->
    case rand:uniform(7) of
        1 -> list_to_tuple(terms(Levels));
        2 -> terms(Levels);
        3 -> maps:from_list([{term(Levels - 1), term(Levels - 1)} || _ <- lists:seq(1, size())]);
        4 -> [term(Levels - 1) | leaf()];
        5 -> closure(term(Levels - 1), term(Levels - 1));
        _ -> leaf()
    end.

terms(Levels) ->
    [term(Levels - 1) || _ <- lists:seq(1, size())].

%% Now and then more than the 32 pairs of a small map.
size() ->
    case rand:uniform(30) of
        1 -> 30 + rand:uniform(10);
        _ -> rand:uniform(6) - 1
    end.

leaf() ->
    case rand:uniform(14) of
        1 -> rand:uniform(300) - 20;
        2 -> sign() * (1 bsl rand:uniform(80)) + rand:uniform(3) - 2;
        3 -> sign() * (1 bsl rand:uniform(2100));
        4 -> sign() * rand:uniform() * math:pow(10, rand:uniform(600) - 300);
        5 -> rand:bytes(rand:uniform(70) - 1);
        6 -> <<(rand:uniform(1 bsl 20)):(rand:uniform(60))>>;
        7 -> [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(20))];
        8 -> list_to_atom([character() || _ <- lists:seq(1, rand:uniform(20))]);
        9 -> list_to_atom(lists:duplicate(rand:uniform(255), character()));
        10 -> self();
        11 -> make_ref();
        12 -> hd(erlang:ports());
        13 -> fun lists:map/2;
        14 -> oneof([[], {}, #{}, <<>>, true, undefined, 0.0, -0.0, "", 'a b', alias()])
    end.

closure(A, B) ->
    oneof([fun() -> A end, fun(X) -> {X, A, B} end, fun(X, Y) -> [X, Y | B] end]).

character() ->
    oneof([rand:uniform(26) + $a - 1, rand:uniform(127), rand:uniform(255), 16#370 + rand:uniform(16#500), 16#1F600]).

sign() ->
    oneof([1, -1]).

oneof(Choices) ->
    lists:nth(rand:uniform(length(Choices)), Choices).
