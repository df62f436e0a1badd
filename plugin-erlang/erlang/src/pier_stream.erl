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
%% This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_stream).

-export([run/1, version/0]).

%% The version of the messages:
%%
%%     {pier_stream, Version, Ref}   the stream begins; Ref is in all further messages
%%     {Ref, Size, Row}              a row, which uses Size bytes of the credit
%%     {Ref, Rows, Bytes}            from the consumer: credit for so many more rows and bytes
-spec version() -> 1.
version() -> 1.

%% Calls the producer with a fun that sends one row. Returns the result of the producer.
-spec run(fun((fun((term()) -> ok)) -> Result)) -> Result.
run(Producer) when is_function(Producer, 1) ->
    Consumer = consumer(),
    Ref = make_ref(),
    Credit = {pier_stream, Ref},
    put(Credit, {0, 0}),
    %% A monitor of the node, because the pid of the consumer does not belong to a process.
    true = monitor_node(node(Consumer), true),
    Consumer ! {pier_stream, version(), Ref},
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
