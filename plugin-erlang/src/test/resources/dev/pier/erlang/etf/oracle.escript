#!/usr/bin/env escript
%% -*- coding: utf-8 -*-
%%! +pc unicode
%% What Erlang itself makes of terms. Reads and writes files of packets: a length of four bytes, then the bytes.
%%
%%   roundtrip IN OUT   external terms in, the same terms encoded again out
%%   text      IN OUT   external terms in, their text out
%%   parse     IN OUT   texts in, external terms out
%%   make SEED N OUT    random terms of Erlang's own making

-mode(compile).

main(["roundtrip", In, Out]) ->
    write(Out, [encode(binary_to_term(Packet)) || Packet <- read(In)]);
main(["text", In, Out]) ->
    write(Out, [unicode:characters_to_binary(io_lib:format("~0tp", [binary_to_term(Packet)])) || Packet <- read(In)]);
main(["parse", In, Out]) ->
    write(Out, [encode(parse(unicode:characters_to_list(Packet))) || Packet <- read(In)]);
main(["make", Seed, N, Out]) ->
    rand:seed(exsss, list_to_integer(Seed)),
    write(Out, [encode(term(4)) || _ <- lists:seq(1, list_to_integer(N))]).

encode(Term) ->
    term_to_binary(Term, [{minor_version, 2}]).

parse(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ " ."),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.

read(File) ->
    {ok, Bytes} = file:read_file(File),
    [Packet || <<Size:32, Packet:Size/binary>> <= Bytes].

write(File, Packets) ->
    ok = file:write_file(File, [[<<(byte_size(Packet)):32>>, Packet] || Packet <- Packets]).

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
