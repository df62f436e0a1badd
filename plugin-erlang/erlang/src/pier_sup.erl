-module(pier_sup).

-behaviour(supervisor).

-export([start_link/0, init/1]).

start_link() ->
    supervisor:start_link({local, pier_sup}, pier_sup, []).

init([]) ->
    %% The last one is stopped first: a node drains before anything else ends.
    {ok,
        {#{strategy => one_for_one}, [
            #{id => pier_sessions, start => {pier_sessions, start_link, []}},
            #{id => pier_drain, start => {pier_drain, start_link, []}}
        ]}}.
