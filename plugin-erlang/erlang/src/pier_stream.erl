%% Sends rows to a consumer in Pier, no more of them than it has asked for; and reads bytes from Pier, no more of them
%% than it has asked for.
%%
%%     rows(Table) ->
%%         pier_stream:run(fun(Emit) ->
%%             ets:foldl(fun(Row, _) -> Emit(Row) end, ok, Table)
%%         end).
%%
%% An application calls `peer.stream("my_module", "rows", Atom.of("users"))`. Emit waits while the consumer is slow; when
%% the consumer closes the stream, the process is killed. The module runs on OTP 23 and later, in the called process.
%%
%% An application calls `peer.call("my_module", "store", Upload.of(request))`, and the function reads the upload:
%%
%%     store(Upload) ->
%%         case pier_stream:read(Upload) of
%%             {ok, Bytes} -> ..., store(Upload);
%%             eof -> ok
%%         end.
%%
%% Pier starts a stream with execute/4, so that a large answer is sent by credit as well, and a slow consumer holds up
%% nothing but its own stream.
%%
%% This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_stream).

-export([batched/4, consumer/0, execute/4, is_closed/0, last/2, read/1, read/2, run/1, size/1, spawned/4, version/0]).

%% Bytes that come from Pier: an argument of a call, read with read/1.
-opaque upload() :: {pier_upload, 1, pid(), non_neg_integer() | undefined}.
-export_type([upload/0]).

%% The version of this module. Version 2 added execute/4, version 3 read/1, version 4 the first credit of execute/4,
%% version 5 requests: batched/4, spawned/4 and last/2; version 6 is_closed/0. The messages have been the same since version 1:
%%
%%     {pier_stream, 1, Ref}           rows begin; Ref is in all further messages
%%     {pier_stream, 1, Ref, {Rows, Bytes}}
%%                                     rows begin, since version 4; the sender has credit for so many already
%%     {pier_stream, 1, Ref, answer}   the parts of an encoded answer begin
%%     {Ref, Size, Row or Part}        a row or a part, which uses Size bytes of the credit
%%     {Ref, Rows, Bytes}              from the consumer: credit for so many more rows and bytes
%%     {Ref, closed}                   from the consumer: it reads no further row, and will end the stream
%%
%% A request begins with its first row, or has only one, which comes with its end:
%%
%%     {pier_stream, 1, Ref, {Rows, Bytes}, Pid, {Ref, Size, Row}}
%%                                     rows begin with this one; Pid takes the credit
%%     {Tag, return, {row, Row}}       the end, with the only row
%%     {Tag, return, ok}               the end
%%
%% The messages of an upload, since version 3:
%%
%%     {pier_upload, Pid, Ref, Bytes}  to the source: Pid reads, with credit for so many bytes
%%     {pier_upload, Ref, Bytes}       to the source: credit for so many more bytes
%%     {Ref, Binary}                   from the source: the next bytes
%%     {Ref, eof}                      from the source: the end; nothing follows
%%     {Ref, {error, Reason}}          from the source: it has another reader
-spec version() -> 6.
version() -> 6.

%% Runs the function of a stream and exits with its answer, as erpc:execute_call/4 does: with {Tag, return, Value},
%% {Tag, throw, Value}, {Tag, exit, Reason} or {Tag, error, Reason, Stack}. The encoding of a large answer is sent in
%% parts before, and the exit reason is {Tag, sent}. The return value of a producer is ignored, so it is not sent.
-spec execute(reference(), module(), atom(), [term()]) -> no_return().
execute(Tag, M, F, A) ->
    %% A short stream ends before the consumer could have granted anything.
    put(pier_stream, {16, 32768}),
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
    with_credit(fun(Ref) -> {pier_stream, 1, Ref, answer} end, {0, 0}, fun(Emit) -> send_parts(Encoded, [], 0, Emit) end),
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

%% The stack trace, without the frames of the function that runs the call.
own(Stack) ->
    lists:takewhile(fun(Frame) -> element(1, Frame) =/= pier_stream orelse not runs(element(2, Frame)) end, Stack).

runs(execute) -> true;
runs(request) -> true;
runs(_) -> false.

%% Runs the function of a request as execute/4 does. The function is a producer; its return value is ignored. Short
%% streams take few messages: the first row is in the message with which the rows begin, and an only row in the end.
-spec spawned(reference(), module(), atom(), [term()]) -> no_return().
spawned(Tag, M, F, A) -> exit(answer_of(Tag, parent, M, F, A)).

%% The same in a process of pier_calls. The rows go to the reference of the call, which is an alias.
-spec batched(reference(), module(), atom(), [term()]) -> ok | {row, term()}.
batched(Call, M, F, A) ->
    Answer = answer_of(Call, Call, M, F, A),
    case erase(pier_stream) of
        {begun, _} ->
            %% Behind the rows, on the same way.
            Call ! Answer,
            exit({Call, sent});
        _ ->
            case Answer of
                {_, return, End} -> End;
                {_, throw, Value} -> throw(Value);
                {_, exit, Reason} -> exit(Reason);
                {_, error, Reason, Stack} -> erlang:raise(error, Reason, Stack)
            end
    end.

answer_of(Tag, Consumer, M, F, A) ->
    put(pier_stream, {request, Consumer}),
    try
        {Tag, return, request(M, F, A)}
    catch
        throw:Value -> {Tag, throw, Value};
        exit:Reason -> {Tag, exit, Reason};
        error:Reason:Stack -> {Tag, error, Reason, own(Stack)}
    end.

request(M, F, A) ->
    _ = apply(M, F, A),
    case get(pier_stream) of
        {row, _} = Only -> Only;
        _ -> ok
    end.

%% Calls the producer with a fun that sends one row. Returns the result of the producer.
-spec run(fun((fun((term()) -> ok)) -> Result)) -> Result.
run(Producer) when is_function(Producer, 1) ->
    case get(pier_stream) of
        {Kind, Consumer} when Kind =:= request; Kind =:= begun ->
            run_request(case Consumer of parent -> consumer(); _ -> Consumer end, Producer);
        Before ->
            put(pier_stream, producer),
            case Before of
                {_, _} -> with_credit(fun(Ref) -> {pier_stream, 1, Ref, Before} end, Before, Producer);
                _ -> with_credit(fun(Ref) -> {pier_stream, 1, Ref} end, {0, 0}, Producer)
            end
    end.

%% Sends a row behind which none follows, with Emit of run/1. The only row of a request comes with its end then.
-spec last(term(), fun((term()) -> ok)) -> ok.
last(Row, Emit) ->
    case get(pier_stream) of
        {request, _} ->
            %% Less than a fragment, so that it takes one frame.
            case erlang:external_size(Row) of
                Size when Size =< 49152 ->
                    put(pier_stream, {row, Row}),
                    ok;
                _ ->
                    Emit(Row)
            end;
        _ ->
            Emit(Row)
    end.

run_request(Consumer, Producer) ->
    Ref = make_ref(),
    Credit = {pier_stream, Ref},
    put(Credit, first),
    try
        Producer(fun(Row) -> emit(Consumer, Ref, Credit, Row) end)
    after
        case erase(Credit) of
            first -> ok;
            _ -> ended(Consumer)
        end
    end.

%% The first row of a request.
begin_rows(Consumer, Ref, Credit, Row) ->
    true = monitor_node(node(Consumer), true),
    %% The call batcher passes on that the client has left, and reports the end: without it, nothing ends the stream.
    _ = is_reference(Consumer) andalso put(pier_stream_batcher, monitor(process, parent())),
    put(pier_stream, {begun, Consumer}),
    put(pier_stream_ref, Ref),
    Size = erlang:external_size(Row),
    put(Credit, {15, 32768 - Size}),
    send(Consumer, {pier_stream, 1, Ref, {16, 32768}, self(), {Ref, Size, Row}}).

ended(Consumer) ->
    _ = erase(pier_stream_ref),
    monitor_node(node(Consumer), false),
    case erase(pier_stream_batcher) of
        undefined -> ok;
        Batcher -> demonitor(Batcher, [flush])
    end.

parent() ->
    {parent, Parent} = process_info(self(), parent),
    Parent.

send(Consumer, Message) ->
    case erlang:send(Consumer, Message, [noconnect]) of
        ok -> ok;
        noconnect -> exit({shutdown, consumer_gone})
    end.

with_credit(Begin, First, Producer) ->
    Consumer = consumer(),
    Ref = make_ref(),
    Credit = {pier_stream, Ref},
    put(Credit, First),
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
            send(Consumer, {Ref, Size, Row});
        {Rows, Bytes} ->
            Node = node(Consumer),
            Batcher = get(pier_stream_batcher),
            receive
                {Ref, MoreRows, MoreBytes} ->
                    put(Credit, {Rows + MoreRows, Bytes + MoreBytes}),
                    emit(Consumer, Ref, Credit, Row);
                {Ref, closed} ->
                    put(pier_stream_ref, closed),
                    exit({shutdown, consumer_gone});
                {nodedown, Node} ->
                    exit({shutdown, consumer_gone});
                {'DOWN', Batcher, process, _, _} ->
                    exit({shutdown, consumer_gone})
            end;
        first ->
            case get(pier_stream) of
                {row, Kept} ->
                    begin_rows(Consumer, Ref, Credit, Kept),
                    emit(Consumer, Ref, Credit, Row);
                _ ->
                    begin_rows(Consumer, Ref, Credit, Row)
            end;
        undefined ->
            error(not_in_the_process_that_runs_the_stream)
    end.

%% Whether the consumer has said that it reads no further row. For the process of a request, after its first row.
-spec is_closed() -> boolean().
is_closed() ->
    case get(pier_stream_ref) of
        undefined -> false;
        closed -> true;
        Ref ->
            receive
                {Ref, closed} ->
                    put(pier_stream_ref, closed),
                    true
            after 0 -> false
            end
    end.

%% To whom the rows go: the caller, or the reference of a call of pier_calls.
-spec consumer() -> pid() | reference().
consumer() ->
    case get(pier_stream) of
        {_, Call} when is_reference(Call) -> Call;
        _ -> caller()
    end.

%% The parent of this process, or in releases that do not report a parent, the process that monitors it.
caller() ->
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

%% The next bytes of an upload, as many as there are: at least one, and at most 60 KiB.
%%
%% The first read links the calling process with the source, so that a client that disconnects ends this process, with
%% the reason {shutdown, client_gone}, and the end of this process stops the upload. A process that traps exits gets
%% {error, Reason} instead. Only one process can read an upload. Pier sends no more than 256 KiB ahead of the reader, so
%% a slow reader slows the client.
-spec read(upload()) -> {ok, binary()} | eof | {error, term()}.
read(Upload) ->
    read(Upload, infinity).

%% The same; {error, timeout} after so many milliseconds without any byte. Reading can go on then.
-spec read(upload(), timeout()) -> {ok, binary()} | eof | {error, term()}.
read({pier_upload, 1, Source, _}, Timeout) ->
    Key = {pier_upload, Source},
    case get(Key) of
        undefined ->
            Ref = make_ref(),
            link(Source),
            Source ! {pier_upload, self(), Ref, 262144},
            read_next(Key, Source, Ref, 0, Timeout);
        {Ref, Taken} when is_reference(Ref) ->
            read_next(Key, Source, Ref, Taken, Timeout);
        Ended ->
            Ended
    end.

%% Taken is how many bytes have been read since the last credit.
read_next(Key, Source, Ref, Taken, Timeout) ->
    receive
        {Ref, Bytes} when is_binary(Bytes), Taken + byte_size(Bytes) >= 131072 ->
            Source ! {pier_upload, Ref, Taken + byte_size(Bytes)},
            put(Key, {Ref, 0}),
            {ok, Bytes};
        {Ref, Bytes} when is_binary(Bytes) ->
            put(Key, {Ref, Taken + byte_size(Bytes)}),
            {ok, Bytes};
        {Ref, End} ->
            unlink(Source),
            receive
                {'EXIT', Source, _} -> ok
            after 0 -> ok
            end,
            put(Key, End),
            End;
        {'EXIT', Source, Reason} ->
            put(Key, {error, Reason}),
            {error, Reason}
    after Timeout ->
        put(Key, {Ref, Taken}),
        {error, timeout}
    end.

%% How many bytes an upload has, if the client has told.
-spec size(upload()) -> non_neg_integer() | undefined.
size({pier_upload, 1, _, Size}) ->
    Size.
