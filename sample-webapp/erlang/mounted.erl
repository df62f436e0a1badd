%% The EWGI application of the card Mounted: says each word of the path, one after the other.
%%
%% server.conf mounts it beside the sample: erlang.mounts."/mounted" { peer = backend, ewgi = "mounted:handle" }
-module(mounted).
-export([handle/1]).

-define(MAX_WORDS, 20).
-define(PAUSE, 200).

handle({ewgi_context, Request, _}) ->
    PathInfo = element(8, Request),
    ScriptName = element(17, Request),
    Words = lists:sublist(string:tokens(PathInfo, "/"), ?MAX_WORDS),
    Head = io_lib:format("~s on ~s, without a servlet", [ScriptName, node()]),
    Headers = [{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}],
    {ewgi_context, Request, {ewgi_response, {200, "OK"}, Headers, stream([Head | Words]), undefined}}.

%% A body that is made while it is sent: each call gives a line and the rest of the body.
stream([]) ->
    fun() -> {} end;
stream([Line | Lines]) ->
    fun() ->
        timer:sleep(?PAUSE),
        {[Line, $\n], stream(Lines)}
    end.
