%% The part that the gateways of Pier have in common: sending a response or the frames of a WebSocket by credit from a
%% process that gets other messages too, and reading the body or the frames of a client one by one.
%%
%%     serve(Request, Upload) ->
%%         pier_mount:run(fun(Emit) ->
%%             Emit({upgrade, []}),
%%             echo(pier_mount:frames(Upload), Emit)
%%         end, #{}).
%%
%%     echo(Reader, Emit) ->
%%         pier_mount:next(Reader),
%%         receive
%%             {pier_mount, Reader, {text, _} = Frame} -> Emit(Frame), echo(Reader, Emit);
%%             {pier_mount, Reader, {close, _, _}} -> Emit({close, 1000, <<>>})
%%         end.
%%
%% This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_mount).

-export([run/2, run/3, is_stream/1, body/1, frames/1, next/1, parts/2, lower/1, address/1, arity/1, version/0]).

-type emit() :: fun((term()) -> ok).
-type upload() :: term().
-type frame() ::
    {text | binary | ping | pong, binary()}
    | {close, Code :: 0..65535, Text :: binary()}.
-export_type([emit/0, frame/0]).

%% The version of this module. The rows of a stream, since version 1:
%%
%%     {head, Code, [{Name, Value}], Body}   first; Body is all of the body as a binary, or {size, Bytes}, or stream
%%     Binary                                a part of the body
%%     {trailers, [{Name, Value}]}           after the body, if Body is stream
%%     {refused, Code, Text}                 instead of a head: a response of Pier
%%     {inform, Code, [{Name, Value}]}       before a head: an informational response
%%
%%     {upgrade, [{Name, Value}]}            instead of a head: accepts a WebSocket, with its subprotocol among the headers
%%     {text, Binary}, {binary, Binary}, {ping, Binary}, {pong, Binary}, {close, Code, Text}
%%                                           after an upgrade: frames for the client. Messages are whole
%%
%% The upload of a request for a WebSocket has the frames of the client, each as
%%
%%     <<Opcode:8, Size:32, Payload:Size/binary>>
%%
%% with the opcodes of RFC 6455. Messages are whole. The last frame is a close frame with the code of the session, which
%% is 1006 if the client has left without one.
-spec version() -> 1.
version() -> 1.

%% Runs a function in a process of its own, whose rows are sent by this one, the process of the stream. Returns when the
%% function has, or when it has sent its last row.
%%
%% Emit waits while the client is slow. Emit({last, Row}) and Emit(last) end the stream; the process goes on, without
%% the client. Until then the two are linked: if the client leaves, Pier kills the process of the stream.
%%
%% The option max_queue is how many messages the process may have while it waits for a slow client. With more it exits,
%% with the reason flooded.
-spec run(fun((emit()) -> term()), #{max_queue => pos_integer()}) -> ok.
run(Function, Options) ->
    %% Before a row, the stream does not look for the connection itself.
    Node = node(pier_stream:consumer()),
    true = monitor_node(Node, true),
    pier_stream:run(fun(Emit) -> run(Function, Options, Emit) end),
    monitor_node(Node, false),
    ok.

%% The same within a stream that has begun.
-spec run(fun((emit()) -> term()), #{max_queue => pos_integer()}, emit()) -> ok.
run(Function, Options, Emit) ->
    process_flag(trap_exit, true),
    Stream = self(),
    Max = maps:get(max_queue, Options, infinity),
    send_rows(spawn_link(fun() -> start(Function, Stream, Max) end), Emit).

send_rows(Pid, Emit) ->
    receive
        {pier_mount, From, Ref, last} ->
            unlink(Pid),
            From ! {Ref, ok},
            ok;
        {pier_mount, From, Ref, {last, Row}} ->
            unlink(Pid),
            ok = pier_stream:last(Row, Emit),
            From ! {Ref, ok},
            ok;
        {pier_mount, From, Ref, Row} when is_reference(Ref) ->
            ok = Emit(Row),
            From ! {Ref, ok},
            send_rows(Pid, Emit);
        {pier_mount, Pid, {raised, Class, Reason, Stack}} ->
            unlink(Pid),
            erlang:raise(Class, Reason, Stack);
        {'EXIT', Pid, normal} ->
            ok;
        {'EXIT', Pid, Reason} ->
            exit(Reason);
        {'EXIT', _, Reason} ->
            exit({shutdown, Reason});
        {nodedown, _} ->
            exit({shutdown, client_gone});
        {'DOWN', _, process, _, _} ->
            %% The call batcher, which runs the stream.
            exit({shutdown, client_gone})
    end.

start(Function, Stream, Max) ->
    put(pier_mount_stream, Stream),
    try
        Function(fun(Row) -> send(Stream, Max, Row) end)
    catch
        Class:Reason:Stack ->
            case get(pier_mount_ended) of
                true -> erlang:raise(Class, Reason, Stack);
                undefined ->
                    Stream ! {pier_mount, self(), {raised, Class, Reason, [arity(Frame) || Frame <- Stack]}},
                    %% Not normally, so that the processes that it has started end, too.
                    exit(shutdown)
            end
    after
        _ = [exit(Reader, kill) || {{pier_mount_reader, Reader}, true} <- get()]
    end.

%% Whether a process is that of the stream, for a process of run/2 that traps exits.
-spec is_stream(pid()) -> boolean().
is_stream(Pid) -> get(pier_mount_stream) =:= Pid.

%% A frame with the arguments of its function has the request in it, whose cookies are not for the log.
-spec arity(Frame) -> Frame when Frame :: tuple().
arity({Module, Function, Arguments, Location}) when is_list(Arguments) ->
    {Module, Function, length(Arguments), Location};
arity(Frame) ->
    Frame.

send(Stream, Max, Row) ->
    Ref = monitor(process, Stream),
    Stream ! {pier_mount, self(), Ref, Row},
    %% The limit is for the process of run/2, not for others that it lets send.
    Sent = sent(Ref, case is_stream(Stream) of true -> Max; false -> infinity end),
    case Row =:= last orelse (is_tuple(Row) andalso element(1, Row) =:= last) of
        true ->
            %% Pier may end the stream as soon as it has the last row.
            put(pier_mount_ended, true),
            ok;
        false when Sent =:= ok ->
            ok;
        false ->
            exit({shutdown, client_gone})
    end.

sent(Ref, Max) ->
    receive
        {Ref, ok} ->
            demonitor(Ref, [flush]),
            ok;
        {'DOWN', Ref, process, _, _} ->
            gone
    after 200 ->
        case process_info(self(), message_queue_len) of
            {message_queue_len, Length} when Length > Max -> exit(flooded);
            _ -> sent(Ref, Max)
        end
    end.

%% Sends a binary as rows of less than a fragment each, so that parts of several responses take turns on the connection.
-spec parts(binary(), emit()) -> ok.
parts(<<>>, _) -> ok;
parts(<<Part:61440/binary, Rest/binary>>, Emit) ->
    Emit(Part),
    parts(Rest, Emit);
parts(Part, Emit) -> Emit(Part).

%% Starts a linked process that reads the body of a request: {pier_mount, Reader, {body, Bytes}}, and at the end
%% {pier_mount, Reader, eof}, each after a call of next/1. A client that leaves ends it with {shutdown, client_gone}.
-spec body(upload()) -> pid().
body(Upload) -> reader(fun read_body/1, Upload).

%% Starts a linked process that reads the frames of a client: {pier_mount, Reader, frame()}, each after a call of
%% next/1. The last one is {close, Code, Text}.
-spec frames(upload()) -> pid().
frames(Upload) -> reader(fun read_frame/1, {Upload, <<>>}).

%% Asks a reader for the next message.
-spec next(pid()) -> ok.
next(Reader) ->
    Reader ! {next, self()},
    ok.

reader(Read, State) ->
    Owner = self(),
    Reader = spawn_link(fun() ->
        _ = monitor(process, Owner),
        reading(Read, State)
    end),
    put({pier_mount_reader, Reader}, true),
    Reader.

reading(Read, State) ->
    receive
        {next, From} ->
            {Message, Next} = Read(State),
            From ! {pier_mount, self(), Message},
            reading(Read, Next);
        {'DOWN', _, process, _, _} ->
            ok
    end.

read_body(Upload) ->
    case pier_stream:read(Upload) of
        {ok, Bytes} -> {{body, Bytes}, Upload};
        eof -> {eof, Upload};
        {error, Reason} -> exit(Reason)
    end.

read_frame({Upload, <<Opcode:8, Size:32, Payload:Size/binary, Rest/binary>>}) ->
    {frame(Opcode, Payload), {Upload, Rest}};
read_frame({Upload, Bytes}) ->
    case pier_stream:read(Upload) of
        {ok, More} -> read_frame({Upload, <<Bytes/binary, More/binary>>});
        eof -> {{close, 1006, <<>>}, {Upload, <<>>}};
        {error, Reason} -> exit(Reason)
    end.

frame(1, Text) -> {text, Text};
frame(2, Binary) -> {binary, Binary};
frame(8, <<Code:16, Text/binary>>) -> {close, Code, Text};
frame(9, Payload) -> {ping, Payload};
frame(10, Payload) -> {pong, Payload}.

%% In lower case, if it has letters of ASCII: the names of headers.
-spec lower(binary()) -> binary().
lower(Text) -> <<<<(lower_byte(C))>> || <<C>> <= Text>>.

lower_byte(C) when C >= $A, C =< $Z -> C + 32;
lower_byte(C) -> C.

%% An address of a client or of Pier, as inet has it.
-spec address(binary()) -> inet:ip_address().
address(Text) ->
    case inet:parse_address(string:trim(binary_to_list(Text), both, "[]")) of
        {ok, Address} -> Address;
        %% A name from a proxy's header.
        {error, einval} -> {0, 0, 0, 0}
    end.
