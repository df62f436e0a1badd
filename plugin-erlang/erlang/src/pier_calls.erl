%% The call batcher: runs the calls of one Pier node, and sends back their answers.
%%
%% Without this module, a call is a spawn request, which the Erlang node answers with two signals and two writes to the
%% socket. With it, a call is one message, and calls that end at about the same time are answered in one message.
%%
%% Each call runs in a process of its own, as with erpc. A small answer is the exit reason of this process, which the
%% batcher receives by its monitor. The process sends a large answer to Pier itself, so that it is not copied first.
%%
%% This module has no macros and no includes, so that Pier can send it to a node as source. It runs on OTP 25 and later.
-module(pier_calls).

-export([start/2, init/1, wait/2, run/4, traced/4]).

%% Starts the call batcher of a Pier node. It ends with the connection to this node.
%%
%% Version: start fails for a version that this module does not support, and Pier calls without it; 1 has the messages
%%     below, 2 has traced/4 as well
%% Alias: a reference of the Pier node, to which small answers are sent
start(Version, Alias) when Version =:= 1; Version =:= 2 ->
    spawn(pier_calls, init, [Alias]).

init(Alias) ->
    monitor_node(node(Alias), true),
    process_flag(message_queue_data, off_heap),
    wait(Alias, #{}).

%% Running: the process of each call, by the reference of the call, to which a large answer is sent
wait(Alias, Running) ->
    receive
        Message -> handle(Message, Alias, Running, [], 0)
    end.

%% Handles all messages in the mailbox before it sends the answers, but sends 32 answers at once.
gather(Alias, Running, Ended, 32) ->
    Alias ! Ended,
    gather(Alias, Running, [], 0);
gather(Alias, Running, Ended, Count) ->
    receive
        Message -> handle(Message, Alias, Running, Ended, Count)
    after 0 ->
        Ended =:= [] orelse (Alias ! Ended),
        %% By its full name, so that a newer version of this module takes over.
        pier_calls:wait(Alias, Running)
    end.

handle({call, Call, M, F, A}, Alias, Running, Ended, Count) ->
    {Pid, _} = spawn_opt(pier_calls, run, [Call, M, F, A], [{monitor, [{tag, {ended, Call}}]} | heap(M)]),
    gather(Alias, Running#{Call => Pid}, Ended, Count);
handle({{ended, Call}, _, process, _, Reason}, Alias, Running, Ended, Count) ->
    Left = maps:remove(Call, Running),
    case Reason of
        {Call, sent} -> gather(Alias, Left, Ended, Count);
        {Call, _, _} -> gather(Alias, Left, [Reason | Ended], Count + 1);
        {Call, error, _, _} -> gather(Alias, Left, [Reason | Ended], Count + 1);
        Signal -> gather(Alias, Left, [{Call, signal, Signal} | Ended], Count + 1)
    end;
handle({cancel, Call}, Alias, Running, Ended, Count) ->
    case Running of
        #{Call := Pid} -> exit(Pid, kill);
        #{} -> ok
    end,
    gather(Alias, Running, Ended, Count);
handle({nodedown, Node}, Alias, _, _, _) when Node =:= node(Alias) ->
    ok;
handle(_, Alias, Running, Ended, Count) ->
    gather(Alias, Running, Ended, Count).

%% In words. A request of a mount becomes lists of characters and the like, for which its heap would grow several times.
heap(pier_stream) -> [{min_heap_size, 1598}];
heap(_) -> [].

%% Runs one call, in its own process.
run(Call, M, F, A) ->
    Answer =
        try
            {Call, return, apply(M, F, A)}
        catch
            throw:Value -> {Call, throw, Value};
            %% A request has sent its answer itself: pier_stream:batched/4.
            exit:{Call, sent} -> sent;
            exit:Reason -> {Call, exit, Reason};
            error:Reason:Stack -> {Call, error, Reason, own(Stack)}
        end,
    case Answer =/= sent andalso weigh(Answer, 96) of
        false ->
            exit({Call, sent});
        Left when Left >= 0 ->
            exit(Answer);
        _ ->
            Call ! Answer,
            exit({Call, sent})
    end.

%% Runs a call that belongs to a trace.
%%
%% Context: the headers of W3C Trace Context, [{<<"traceparent">>, Value}, {<<"tracestate">>, Value}]. The process keeps
%%     them in its dictionary under '$pier_trace'. Where OpenTelemetry for Erlang runs, they are its current context.
traced(Context, M, F, A) ->
    put('$pier_trace', Context),
    %% The module opentelemetry is loaded where its SDK runs. This check loads none.
    erlang:function_exported(opentelemetry, get_text_map_extractor, 0) andalso attach(Context),
    apply(M, F, A).

attach(Context) ->
    try
        otel_propagator_text_map:extract(Context)
    catch
        _:_ -> undefined
    end.

%% The stack trace, without the frames of this module.
own(Stack) ->
    lists:takewhile(fun(Frame) -> element(1, Frame) =/= pier_calls end, Stack).

%% Subtracts the weight of a term from the allowed weight; the result is negative if the term is heavier. The weight is
%% about the encoded size: one for each term, and one for each 32 bytes of a binary.
weigh(_, Left) when Left < 0 -> Left;
weigh([Head | Tail], Left) -> weigh(Tail, weigh(Head, Left - 1));
weigh(Bits, Left) when is_bitstring(Bits) -> Left - 1 - byte_size(Bits) div 32;
weigh(Tuple, Left) when is_tuple(Tuple), tuple_size(Tuple) =< Left -> weigh(tuple_to_list(Tuple), Left);
weigh(Map, Left) when is_map(Map), map_size(Map) =< Left -> weigh(maps:to_list(Map), Left);
weigh(Small, Left) when is_atom(Small); is_float(Small); is_pid(Small); is_reference(Small); is_port(Small); Small =:= [] ->
    Left - 1;
weigh(Int, Left) when is_integer(Int), Int > -16#8000000000000000, Int < 16#8000000000000000 -> Left - 1;
weigh(_, _) -> -1.
