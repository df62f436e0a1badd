%% For operators: takes this node out of service, and back.
-module(pier).

-export([drain/1, undrain/0, state/0]).

%% Tells all connected Piers to send no new calls to this node, and waits until the calls that run have ended.
%%
%% Timeout: in milliseconds. When it is over, the answer has the Piers that still have calls running; the node stays out
%% of service all the same.
%%
%% After `ok`, init:stop() loses no call.
-spec drain(timeout()) -> ok | {error, {timeout, [node()]}}.
drain(Timeout) ->
    gen_server:call(pier_drain, {drain, Timeout}, infinity).

%% Takes the node back into service.
-spec undrain() -> ok.
undrain() ->
    gen_server:call(pier_drain, undrain, infinity).

%% Whether the node is in service, and the Piers that are connected.
-spec state() -> {open | drain, [node()]}.
state() ->
    gen_server:call(pier_drain, state, infinity).
