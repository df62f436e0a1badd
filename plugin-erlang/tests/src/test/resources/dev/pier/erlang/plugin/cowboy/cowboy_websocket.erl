%% A stand-in for the WebSocket handler, which takes the connection over with a transport of Ranch. It asks for two frames
%% at a time, sees a close frame of the client, and calls cowboy_suite:socket/2 for all other frames and messages.
-module(cowboy_websocket).
-export([takeover/7]).

takeover(_Parent, _Ref, Socket, Transport, _Options, <<>>, State) ->
    Names = Transport:messages(),
    Transport:setopts(Socket, [{active, 2}]),
    loop(Socket, Transport, Names, <<>>, call(init, State, Socket, Transport)).

loop(Socket, Transport, {Data, Closed, Error, Passive} = Names, Buffer, State) ->
    receive
        {Data, Socket, Bytes} ->
            frames(Socket, Transport, Names, <<Buffer/binary, Bytes/binary>>, State);
        {Passive, Socket} ->
            Transport:setopts(Socket, [{active, 2}]),
            loop(Socket, Transport, Names, Buffer, State);
        {Closed, Socket} ->
            ended(closed);
        {Error, Socket, Reason} ->
            ended(Reason);
        Message ->
            loop(Socket, Transport, Names, Buffer, call({info, Message}, State, Socket, Transport))
    end.

frames(Socket, Transport, Names, Buffer, State) ->
    case decode(Buffer) of
        {8, <<Code:16, Text/binary>>, _} ->
            Transport:send(Socket, encode({close, Code, <<>>})),
            ended({Code, Text});
        {8, <<>>, _} ->
            Transport:send(Socket, encode({close, 1000, <<>>})),
            ended(none);
        {Opcode, Payload, Rest} ->
            frames(Socket, Transport, Names, Rest, call({Opcode, Payload}, State, Socket, Transport));
        more ->
            loop(Socket, Transport, Names, Buffer, State)
    end.

decode(<<1:1, 0:3, Opcode:4, 1:1, 127:7, Size:64, Mask:4/binary, Payload:Size/binary, Rest/binary>>) ->
    {Opcode, unmasked(Mask, Payload), Rest};
decode(<<1:1, 0:3, Opcode:4, 1:1, 126:7, Size:16, Mask:4/binary, Payload:Size/binary, Rest/binary>>) ->
    {Opcode, unmasked(Mask, Payload), Rest};
decode(<<1:1, 0:3, Opcode:4, 1:1, Size:7, Mask:4/binary, Payload:Size/binary, Rest/binary>>) when Size < 126 ->
    {Opcode, unmasked(Mask, Payload), Rest};
decode(_) ->
    more.

unmasked(Mask, Payload) ->
    Size = byte_size(Payload),
    <<Key:Size/binary, _/binary>> = binary:copy(Mask, Size div 4 + 1),
    crypto:exor(Payload, Key).

call(Event, State, Socket, Transport) ->
    case cowboy_suite:socket(Event, State) of
        {ok, Next} ->
            Next;
        {reply, Frames, Next} ->
            ok = Transport:send(Socket, [encode(Frame) || Frame <- Frames]),
            [ended(Frame) || Frame <- Frames, element(1, Frame) =:= close],
            Next
    end.

ended(Reason) ->
    persistent_term:put({cowboy_suite, socket}, Reason),
    exit(normal).

encode({text, Text}) -> encode(1, 1, Text);
encode({binary, Bytes}) -> encode(1, 2, Bytes);
encode({close, Code, Text}) -> encode(1, 8, <<Code:16, Text/binary>>);
encode({ping, Payload}) -> encode(1, 9, Payload);
encode({fragment, Fin, Opcode, Payload}) -> encode(Fin, Opcode, Payload).

encode(Fin, Opcode, Payload) when byte_size(Payload) < 126 ->
    <<Fin:1, 0:3, Opcode:4, 0:1, (byte_size(Payload)):7, Payload/binary>>;
encode(Fin, Opcode, Payload) when byte_size(Payload) < 65536 ->
    <<Fin:1, 0:3, Opcode:4, 0:1, 126:7, (byte_size(Payload)):16, Payload/binary>>;
encode(Fin, Opcode, Payload) ->
    <<Fin:1, 0:3, Opcode:4, 0:1, 127:7, (byte_size(Payload)):64, Payload/binary>>.
