%% The socket of a WebSocket handler of Cowboy, for pier_cowboy: a process that hands over the frames of the client, and a
%% transport as Ranch describes it, which sends those of the handler.
%%
%% Handler and socket exchange frames as bytes, as RFC 6455 has them. No extension is negotiated.
%%
%% This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_cowboy_socket).

-export([run/3, version/0]).
-export([messages/0, name/0, secure/0, send/2, setopts/2, getopts/2, peername/1, sockname/1, close/1, shutdown/2]).

-opaque socket() :: {pier_cowboy_socket, pid(), pier_mount:emit()}.
-export_type([socket/0]).

%% The version of this module.
-spec version() -> 1.
version() -> 1.

%% Runs the handler in a process of its own until it ends. The calling process is its socket, and traps exits.
-spec run(fun((pid(), socket(), module()) -> term()), term(), pier_mount:emit()) -> ok.
run(Takeover, Upload, Emit) ->
    Reader = pier_mount:frames(Upload),
    Self = self(),
    Socket = {pier_cowboy_socket, Self, Emit},
    %% No arguments that a crash report would show.
    Handler = proc_lib:spawn_link(fun() -> Takeover(Self, Socket, pier_cowboy_socket) end),
    socket(#{
        handler => Handler,
        reader => Reader,
        socket => Socket,
        emit => Emit,
        active => 0,
        asked => false,
        held => none
    }).

%% Active is how many more frames the handler takes now: a number, once, or true.
socket(#{handler := Handler, reader := Reader, socket := Socket} = State) ->
    receive
        {pier_mount, Reader, Frame} ->
            socket(deliver(State#{held => Frame, asked => false}));
        {pier_cowboy_socket, setopts, Active} ->
            socket(deliver(active(Active, State)));
        {'EXIT', Handler, Reason} ->
            ended(Reason, State);
        {'EXIT', Pid, Reason} ->
            case Pid =:= Reader orelse pier_mount:is_stream(Pid) of
                true ->
                    Handler ! {pier_frame_closed, Socket},
                    await_end(Handler),
                    exit(Reason);
                false ->
                    socket(State)
            end;
        _ ->
            socket(State)
    end.

await_end(Handler) ->
    receive
        {'EXIT', Handler, _} -> ok
    after 1000 -> exit(Handler, kill)
    end.

%% The handler may have sent a close frame before; without one, Pier closes the WebSocket.
ended(Reason, #{emit := Emit}) when Reason =:= normal; Reason =:= shutdown; element(1, Reason) =:= shutdown ->
    Emit(last);
ended(_, _) ->
    %% The reason is in the log of the node.
    exit(websocket_handler_failed).

active(Count, #{active := Active} = State) when is_integer(Count), is_integer(Active) ->
    State#{active => max(0, Active + Count)};
active(false, State) -> State#{active => 0};
active(Active, State) -> State#{active => Active}.

deliver(#{active := 0} = State) ->
    State;
deliver(#{held := none, asked := true} = State) ->
    State;
deliver(#{held := none, reader := Reader} = State) ->
    pier_mount:next(Reader),
    State#{asked => true};
deliver(#{held := {close, 1006, _}, handler := Handler, socket := Socket} = State) ->
    Handler ! {pier_frame_closed, Socket},
    State#{held => none, asked => true};
deliver(#{held := Frame, handler := Handler, socket := Socket} = State) ->
    Handler ! {pier_frame, Socket, encode(Frame)},
    deliver(delivered(State#{held => none})).

delivered(#{active := 1, handler := Handler, socket := Socket} = State) ->
    Handler ! {pier_frame_passive, Socket},
    State#{active => 0};
delivered(#{active := once} = State) -> State#{active => 0};
delivered(#{active := true} = State) -> State;
delivered(#{active := Count} = State) -> State#{active => Count - 1}.

%% A frame as a client sends it. The mask is zero, so it leaves the payload as it is. SPEC: RFC 6455, section 5.2
encode({text, Text}) -> encode(1, Text);
encode({binary, Bytes}) -> encode(2, Bytes);
encode({close, 1005, _}) -> encode(8, <<>>);
encode({close, Code, Text}) -> encode(8, <<Code:16, Text/binary>>);
encode({ping, Payload}) -> encode(9, Payload);
encode({pong, Payload}) -> encode(10, Payload).

encode(Opcode, Payload) when byte_size(Payload) < 126 ->
    <<8:4, Opcode:4, 1:1, (byte_size(Payload)):7, 0:32, Payload/binary>>;
encode(Opcode, Payload) when byte_size(Payload) < 65536 ->
    <<8:4, Opcode:4, 1:1, 126:7, (byte_size(Payload)):16, 0:32, Payload/binary>>;
encode(Opcode, Payload) ->
    <<8:4, Opcode:4, 1:1, 127:7, (byte_size(Payload)):64, 0:32, Payload/binary>>.

%% The transport of Ranch for a WebSocket: its functions are called by the handler's process.

messages() -> {pier_frame, pier_frame_closed, pier_frame_error, pier_frame_passive}.

name() -> pier_cowboy_socket.

secure() -> false.

setopts({pier_cowboy_socket, Pid, _}, Options) ->
    _ = [Pid ! {pier_cowboy_socket, setopts, Active} || {active, Active} <- Options],
    ok.

getopts(_, _) -> {ok, []}.

peername(_) -> {error, enotconn}.

sockname(_) -> {error, enotconn}.

close(_) -> ok.

shutdown(_, _) -> ok.

%% Sends frames as a server does. Fragments are joined: a row is a message.
send({pier_cowboy_socket, _, Emit}, Data) ->
    try
        send_frames(iolist_to_binary(Data), Emit)
    catch
        exit:{shutdown, client_gone} -> {error, closed}
    end.

send_frames(<<>>, _) ->
    ok;
send_frames(<<Fin:1, _:3, Opcode:4, 0:1, 127:7, Size:64, Payload:Size/binary, Rest/binary>>, Emit) ->
    frame(Fin, Opcode, Payload, Emit),
    send_frames(Rest, Emit);
send_frames(<<Fin:1, _:3, Opcode:4, 0:1, 126:7, Size:16, Payload:Size/binary, Rest/binary>>, Emit) ->
    frame(Fin, Opcode, Payload, Emit),
    send_frames(Rest, Emit);
send_frames(<<Fin:1, _:3, Opcode:4, 0:1, Size:7, Payload:Size/binary, Rest/binary>>, Emit) ->
    frame(Fin, Opcode, Payload, Emit),
    send_frames(Rest, Emit).

frame(1, 1, Text, Emit) -> Emit({text, Text});
frame(1, 2, Bytes, Emit) -> Emit({binary, Bytes});
frame(1, 8, <<Code:16, Text/binary>>, Emit) -> Emit({close, Code, Text});
frame(1, 8, <<>>, Emit) -> Emit({close, 1000, <<>>});
frame(1, 9, Payload, Emit) -> Emit({ping, Payload});
frame(1, 10, Payload, Emit) -> Emit({pong, Payload});
frame(0, Opcode, Part, _) when Opcode =/= 0 ->
    put(pier_cowboy_socket, {Opcode, Part}),
    ok;
frame(Fin, 0, Part, Emit) ->
    {Opcode, Before} = get(pier_cowboy_socket),
    Joined = <<Before/binary, Part/binary>>,
    case Fin of
        0 -> put(pier_cowboy_socket, {Opcode, Joined}), ok;
        1 -> erase(pier_cowboy_socket), frame(1, Opcode, Joined, Emit)
    end.
