%% A list of maps as large as is wanted, made once.
-module(bench_large).
-export([prepare/1, forget/0, rows/0]).

-define(DIFFERENT, 100000).

%% Makes a list that takes at least that many bytes when it is sent; returns how many they are. Here it takes far less,
%% for its maps come again and again.
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
