%% The Erlang side of the sample web application: starts it all, and has some functions to call.
%%
%% Strangers reach these functions through POST /call, so each bounds what it does for one call.
-module(pier_sample).
-export([start/0, echo/1, sleep/1, fail/1]).

-define(MAX_SLEEP, 60000).

%% Starts what the cards need to run: `erl … -run pier_sample`.
start() ->
    echoer:start(),
    messenger:start_server(),
    rows:start(),
    this_node:start(),
    guestbook:start().

-spec echo(Term) -> Term.
echo(Term) -> Term.

%% Answers late.
-spec sleep(0..?MAX_SLEEP) -> ok.
sleep(Milliseconds) when is_integer(Milliseconds), Milliseconds >= 0, Milliseconds =< ?MAX_SLEEP ->
    timer:sleep(Milliseconds).

%% Fails.
-spec fail(term()) -> no_return().
fail(Reason) -> error({failed, Reason}).
