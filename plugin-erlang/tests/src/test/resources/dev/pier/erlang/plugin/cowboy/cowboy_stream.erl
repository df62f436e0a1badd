%% A stand-in for the chain of stream handlers: each calls the next one through this module.
-module(cowboy_stream).
-export([init/3, data/4, info/3, terminate/3, make_error_log/5]).

init(Id, Req, Options) ->
    case maps:get(stream_handlers, Options, [cowboy_stream_h]) of
        [] ->
            {[], none};
        [Handler | Rest] ->
            {Commands, State} = Handler:init(Id, Req, Options#{stream_handlers => Rest}),
            {Commands, {Handler, State}}
    end.

data(_, _, _, none) -> {[], none};
data(Id, IsFin, Data, {Handler, State}) -> with(Handler, Handler:data(Id, IsFin, Data, State)).

info(_, _, none) -> {[], none};
info(Id, Info, {Handler, State}) -> with(Handler, Handler:info(Id, Info, State)).

terminate(_, _, none) -> ok;
terminate(Id, Reason, {Handler, State}) -> Handler:terminate(Id, Reason, State).

with(Handler, {Commands, State}) -> {Commands, {Handler, State}}.

make_error_log(What, _, Class, Reason, _) -> {log, error, "~p: ~p:~p", [What, Class, Reason]}.
