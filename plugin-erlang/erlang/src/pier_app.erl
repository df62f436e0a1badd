%% The application `pier`. List it last in a release: its start tells connected Piers that this node takes calls, and at
%% a stop it is the first to end.
-module(pier_app).

-behaviour(application).

-export([start/2, prep_stop/1, stop/1]).

start(_Type, _Arguments) ->
    pier_sup:start_link().

%% Runs when the application stops, also by init:stop(), before its processes end.
prep_stop(State) ->
    case application:get_env(pier, drain_at_stop, 0) of
        0 ->
            ok;
        Timeout ->
            case pier:drain(Timeout) of
                ok -> ok;
                {error, Reason} -> logger:warning("Stopping while calls of Pier run: ~0tp", [Reason])
            end
    end,
    State.

stop(_State) ->
    ok.
