%% Sends rows to a consumer in Pier, no more of them than it has asked for.
%%
%%     rows(Table) ->
%%         pier_stream:run(fun(Emit) ->
%%             ets:foldl(fun(Row, _) -> Emit(Row) end, ok, Table)
%%         end).
%%
%% An application calls `peer.stream("my_module", "rows", Atom.of("users"))`. Emit waits while the consumer is slow; when
%% the consumer closes the stream, the process is killed. The module runs on OTP 23 and later, in the called process.
%%
%% Pier starts a stream with execute/4, so that a large answer is sent by credit as well, and a slow consumer holds up
%% nothing but its own stream.
%%
%% This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_stream).

-export([execute/4, run/1, version/0]).

%% The version of this module. Version 2 added execute/4. The messages have been the same since version 1:
%%
%%     {pier_stream, 1, Ref}           rows begin; Ref is in all further messages
%%     {pier_stream, 1, Ref, answer}   the parts of an encoded answer begin
%%     {Ref, Size, Row or Part}        a row or a part, which uses Size bytes of the credit
%%     {Ref, Rows, Bytes}              from the consumer: credit for so many more rows and bytes
-spec version() -> 2.
version() -> 2.

%% Runs the function of a stream and exits with its answer, as erpc:execute_call/4 does: with {Tag, return, Value},
%% {Tag, throw, Value}, {Tag, exit, Reason} or {Tag, error, Reason, Stack}. The encoding of a large answer is sent in
%% parts before, and the exit reason is {Tag, sent}. The return value of a producer is ignored, so it is not sent.
-spec execute(reference(), module(), atom(), [term()]) -> no_return().
execute(Tag, M, F, A) ->
    Answer =
        try
            {Tag, return, apply(M, F, A)}
        catch
            throw:Value -> {Tag, throw, Value};
            exit:Reason -> {Tag, exit, Reason};
            error:Reason:Stack -> {Tag, error, Reason, own(Stack)}
        end,
    answer(Tag, Answer, erase(pier_stream)).

answer(Tag, {_, return, _}, producer) ->
    exit({Tag, return, ok});
answer(Tag, Answer, Kind) ->
    %% Less than a fragment, so that it takes one frame.
    case Kind =:= producer orelse erlang:external_size(Answer) =< 32768 of
        true ->
            exit(Answer);
        false ->
            [<<131, First/binary>> | Rest] = term_to_iovec(Answer, [{minor_version, 2}]),
            send_answer(Tag, [First | Rest])
    end.

send_answer(Tag, Encoded) ->
    %% The answer itself is not needed any more, and its consumer may be slow.
    erlang:garbage_collect(),
    with_credit(fun(Ref) -> {pier_stream, 1, Ref, answer} end, fun(Emit) -> send_parts(Encoded, [], 0, Emit) end),
    exit({Tag, sent}).

%% Sends binaries in parts of at most 60 KiB, joining small ones.
send_parts([Bytes | Rest], Held, Size, Emit) when Size + byte_size(Bytes) =< 61440 ->
    send_parts(Rest, [Bytes | Held], Size + byte_size(Bytes), Emit);
send_parts(Bytes, [_ | _] = Held, _, Emit) ->
    Emit(iolist_to_binary(lists:reverse(Held))),
    send_parts(Bytes, [], 0, Emit);
send_parts([<<Part:61440/binary, Left/binary>> | Rest], [], _, Emit) ->
    Emit(Part),
    send_parts([Left | Rest], [], 0, Emit);
send_parts([], [], _, _) ->
    ok.

%% The stack trace, without the frames of execute/4.
own(Stack) ->
    lists:takewhile(fun(Frame) -> element(1, Frame) =/= pier_stream orelse element(2, Frame) =/= execute end, Stack).

%% Calls the producer with a fun that sends one row. Returns the result of the producer.
-spec run(fun((fun((term()) -> ok)) -> Result)) -> Result.
run(Producer) when is_function(Producer, 1) ->
    put(pier_stream, producer),
    with_credit(fun(Ref) -> {pier_stream, 1, Ref} end, Producer).

with_credit(Begin, Producer) ->
    Consumer = consumer(),
    Ref = make_ref(),
    Credit = {pier_stream, Ref},
    put(Credit, {0, 0}),
    %% A monitor of the node, because the pid of the consumer does not belong to a process.
    true = monitor_node(node(Consumer), true),
    Consumer ! Begin(Ref),
    try
        Producer(fun(Row) -> emit(Consumer, Ref, Credit, Row) end)
    after
        erase(Credit),
        monitor_node(node(Consumer), false)
    end.

emit(Consumer, Ref, Credit, Row) ->
    case get(Credit) of
        %% A row may exceed the credit; otherwise a row larger than the window could never be sent.
        {Rows, Bytes} when Rows > 0, Bytes > 0 ->
            Size = erlang:external_size(Row),
            put(Credit, {Rows - 1, Bytes - Size}),
            case erlang:send(Consumer, {Ref, Size, Row}, [noconnect]) of
                ok -> ok;
                noconnect -> exit({shutdown, consumer_gone})
            end;
        {Rows, Bytes} ->
            Node = node(Consumer),
            receive
                {Ref, MoreRows, MoreBytes} ->
                    put(Credit, {Rows + MoreRows, Bytes + MoreBytes}),
                    emit(Consumer, Ref, Credit, Row);
                {nodedown, Node} ->
                    exit({shutdown, consumer_gone})
            end;
        undefined ->
            error(not_in_the_process_that_runs_the_stream)
    end.

%% The caller: the parent of this process, or in releases that do not report a parent, the process that monitors it.
consumer() ->
    case catch process_info(self(), parent) of
        {parent, Parent} when is_pid(Parent), node(Parent) =/= node() ->
            Parent;
        _ ->
            {monitored_by, Monitors} = process_info(self(), monitored_by),
            case [Pid || Pid <- Monitors, is_pid(Pid), node(Pid) =/= node()] of
                [Pid | _] -> Pid;
                [] -> error(not_called_by_stream)
            end
    end.
