-module(users).

-export([find/1]).

find(<<"joe">>) -> #{name => <<"Joe Armstrong">>, made => [<<"Erlang">>]};
find(_) -> undefined.
