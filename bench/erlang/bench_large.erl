%% A list of maps of any size, created once.
-module(bench_large).
-export([prepare/1, forget/0, rows/0]).

-define(DIFFERENT, 100000).

%% Creates a list with at least this encoded size in bytes and returns its exact size. In memory it is far smaller,
%% because its maps repeat.
prepare(Bytes) ->
    Different = list_to_tuple([row(1000000 + I) || I <- lists:seq(1, ?DIFFERENT)]),
    Count = Bytes * ?DIFFERENT div erlang:external_size(Different) + 1000,
    Rows = [element(1 + I rem ?DIFFERENT, Different) || I <- lists:seq(1, Count)],
    persistent_term:put(?MODULE, Rows),
    erlang:external_size(Rows).

forget() -> persistent_term:erase(?MODULE).

rows() -> persistent_term:get(?MODULE).

row(Id) ->
    Text = integer_to_binary(Id),
    #{
        id => Id,
        name => <<"User Number ", Text/binary>>,
        email => <<"user", Text/binary, "@example.org">>,
        age => 18 + Id rem 60,
        balance => Id rem 1000000 / 100,
        active => Id rem 3 =/= 0
    }.
