%% A stand-in for the listeners of Ranch: what they are asked for, and no sockets.
-module(ranch).
-export([info/0, get_protocol_options/1, get_port/1]).
-export([listen/3, stop/1]).

listen(Ref, Port, Options) ->
    persistent_term:put(ranch_listeners, (info())#{
        Ref => #{port => Port, protocol => cowboy_clear, protocol_options => Options}
    }).

stop(Ref) -> persistent_term:put(ranch_listeners, maps:remove(Ref, info())).

info() -> persistent_term:get(ranch_listeners, #{}).

get_protocol_options(Ref) -> maps:get(protocol_options, maps:get(Ref, info())).

get_port(Ref) -> maps:get(port, maps:get(Ref, info())).
