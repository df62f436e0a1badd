%% Runs the calls of one Pier node, and sends back what they leave.
%%
%% A call without this module is a request to spawn, which the Erlang node answers with two signals, each written to the
%% socket by itself. Here a call is one message, and the answers of calls that end at about the same time go back in
%% one message.
%%
%% Each call runs in a process of its own, as with erpc. A small answer is that process's exit reason, and reaches the
%% process that gathers them by its monitor. A large one goes to Pier from where it is, without being copied first.
%%
%% This module has neither macros nor includes, so that it can be sent to a node as source. It runs on OTP 25 and later.
-module(pier_calls).

-export([start/2, init/1, wait/2, run/4]).

%% Starts the process that takes the calls. It ends with the connection to the node that asks.
%%
%% Version: of the messages; one that this module does not speak fails, and then calls go without it
%% Alias: where small answers go, a reference of the node that asks
start(1, Alias) ->
    spawn(pier_calls, init, [Alias]).

init(Alias) ->
    monitor_node(node(Alias), true),
    process_flag(message_queue_data, off_heap),
    wait(Alias, #{}).

%% Running: the process of each call, by the call's reference, which is also where a large answer goes
wait(Alias, Running) ->
    receive
        Message -> handle(Message, Alias, Running, [], 0)
    end.

%% Everything that is there is taken before anything is sent, but for many answers, which go at once.
gather(Alias, Running, Ended, 32) ->
    Alias ! Ended,
    gather(Alias, Running, [], 0);
gather(Alias, Running, Ended, Count) ->
    receive
        Message -> handle(Message, Alias, Running, Ended, Count)
    after 0 ->
        Ended =:= [] orelse (Alias ! Ended),
        %% By its full name, so that it goes on in a newer version of this module.
        pier_calls:wait(Alias, Running)
    end.

handle({call, Call, M, F, A}, Alias, Running, Ended, Count) ->
    {Pid, _} = spawn_opt(pier_calls, run, [Call, M, F, A], [{monitor, [{tag, {ended, Call}}]}]),
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

%% One call, in its own process.
run(Call, M, F, A) ->
    Answer =
        try
            {Call, return, apply(M, F, A)}
        catch
            throw:Value -> {Call, throw, Value};
            exit:Reason -> {Call, exit, Reason};
            error:Reason:Stack -> {Call, error, Reason, own(Stack)}
        end,
    case weigh(Answer, 96) of
        Left when Left >= 0 ->
            exit(Answer);
        _ ->
            Call ! Answer,
            exit({Call, sent})
    end.

%% The stack trace without the frames of this module.
own(Stack) ->
    lists:takewhile(fun(Frame) -> element(1, Frame) =/= pier_calls end, Stack).

%% What is left of the weight allowed, which is about what a term is long when it is sent, in units of 32 bytes for
%% binaries and of one term else; negative if the term is heavier.
weigh(_, Left) when Left < 0 -> Left;
weigh([Head | Tail], Left) -> weigh(Tail, weigh(Head, Left - 1));
weigh(Bits, Left) when is_bitstring(Bits) -> Left - 1 - byte_size(Bits) div 32;
weigh(Tuple, Left) when is_tuple(Tuple), tuple_size(Tuple) =< Left -> weigh(tuple_to_list(Tuple), Left);
weigh(Map, Left) when is_map(Map), map_size(Map) =< Left -> weigh(maps:to_list(Map), Left);
weigh(Small, Left) when is_atom(Small); is_float(Small); is_pid(Small); is_reference(Small); is_port(Small); Small =:= [] ->
    Left - 1;
weigh(Int, Left) when is_integer(Int), Int > -16#8000000000000000, Int < 16#8000000000000000 -> Left - 1;
weigh(_, _) -> -1.
