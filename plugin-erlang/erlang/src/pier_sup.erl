-module(pier_sup).

-behaviour(supervisor).

-export([start_link/0, init/1]).

start_link() ->
    supervisor:start_link({local, pier_sup}, pier_sup, []).

init([]) ->
    {ok, {#{strategy => one_for_one}, [#{id => pier_drain, start => {pier_drain, start_link, []}}]}}.
