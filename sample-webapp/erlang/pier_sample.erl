%% Starts the sample's Erlang processes and provides some functions to call.
%%
%% Unauthenticated clients can call these functions through POST /call, so each bounds its work.
-module(pier_sample).
-export([start/0, echo/1, sleep/1, fail/1]).

-define(MAX_SLEEP, 60000).

%% Starts the processes that the cards need: `erl … -run pier_sample`.
start() ->
    echoer:start(),
    messenger:start_server(),
    rows:start(),
    this_node:start(),
    guestbook:start().

-spec echo(Term) -> Term.
echo(Term) -> Term.

%% Returns after a delay.
-spec sleep(0..?MAX_SLEEP) -> ok.
sleep(Milliseconds) when is_integer(Milliseconds), Milliseconds >= 0, Milliseconds =< ?MAX_SLEEP ->
    timer:sleep(Milliseconds).

%% Fails with an error.
-spec fail(term()) -> no_return().
fail(Reason) -> error({failed, Reason}).
