%% The registered process of the card Echo: sends each text back with a running count.
-module(echoer).
-export([start/0]).

start() ->
    register(?MODULE, spawn(fun() -> loop(1) end)).

loop(Count) ->
    receive
        {echo, From, Reference, Text} ->
            %% From is {echo_answers, 'web@localhost'}, a registered process in Java, or any pid.
            From ! {echoed, Reference, Text, Count},
            loop(Count + 1);
        _ ->
            loop(Count)
    end.
