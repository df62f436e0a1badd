%% The function that the servlet in the README calls.
-module(users).
-export([find/1]).

-type user() :: #{id := binary(), name := binary(), made := [binary()]}.

-spec find(binary() | undefined) -> user() | undefined.
find(<<"joe">> = Id) -> #{id => Id, name => <<"Joe Armstrong">>, made => [<<"Erlang">>]};
find(<<"mike">> = Id) -> #{id => Id, name => <<"Mike Williams">>, made => [<<"Erlang">>, <<"JAM">>]};
find(<<"robert">> = Id) -> #{id => Id, name => <<"Robert Virding">>, made => [<<"Erlang">>, <<"LFE">>]};
find(_) -> undefined.
