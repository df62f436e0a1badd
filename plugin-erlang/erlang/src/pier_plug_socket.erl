%% The WebSocket of a plug, for pier_plug: runs a handler with the callbacks of WebSock (init, handle_in,
%% handle_control, handle_info, terminate), such as the socket of a Phoenix endpoint.
%%
%% The handler runs in a process of its own, which asks for the next frame of the client once the one before has been
%% handled, and waits while the client is slow.
%%
%% SPEC: WebSock 0.5. This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_plug_socket).

-export([adapter/0, run/4, version/0]).

%% The version of this module.
-spec version() -> 1.
version() -> 1.

%% Accepts the WebSocket, and runs the handler until the socket closes. Called by the process of the stream.
-spec run({module(), term(), [term()]}, [{binary(), binary()}], term(), fun((term()) -> ok)) -> ok.
run({Handler, Argument, Options}, Headers, Upload, Emit) ->
    Emit({upgrade, Headers}),
    pier_mount:run(
        fun(Send) ->
            Flags = [fullsweep_after, max_heap_size],
            _ = [process_flag(Key, Value) || {Key, Value} <- Options, lists:member(Key, Flags)],
            _ = code:ensure_loaded(Handler),
            Reader = pier_mount:frames(Upload),
            pier_mount:next(Reader),
            Socket = #{handler => Handler, reader => Reader, send => Send, state => Argument},
            callback(init, [], Socket)
        end,
        #{max_queue => 1000},
        Emit
    ).

loop(#{reader := Reader} = Socket) ->
    receive
        {pier_mount, Reader, {Opcode, Data}} when Opcode =:= text; Opcode =:= binary ->
            callback(handle_in, [{Data, [{opcode, Opcode}]}], asking(Socket));
        {pier_mount, Reader, {close, 1006, _}} ->
            terminate({error, closed}, Socket);
        {pier_mount, Reader, {close, _, _}} ->
            terminate(remote, Socket);
        {pier_mount, Reader, {Opcode, Data}} ->
            case has(handle_control, Socket) of
                true -> callback(handle_control, [{Data, [{opcode, Opcode}]}], asking(Socket));
                false -> asked(loop, asking(Socket))
            end;
        Message ->
            callback(handle_info, [Message], Socket)
    end.

%% The next frame is asked for after the result of this one.
asking(Socket) -> Socket#{asking => true}.

asked(loop, #{asking := true, reader := Reader} = Socket) ->
    pier_mount:next(Reader),
    loop(maps:remove(asking, Socket));
asked(loop, Socket) ->
    loop(Socket).

callback(Name, Arguments, #{handler := Handler, state := State} = Socket) ->
    Result =
        try
            apply(Handler, Name, Arguments ++ [State])
        catch
            Class:Reason:Stack ->
                Frames = pier_plug:log(Class, Reason, Stack, Handler),
                try
                    terminate({error, Reason}, Socket)
                after
                    exit({websocket_handler_failed, Frames})
                end
        end,
    result(Result, Socket).

result({ok, State}, Socket) ->
    asked(loop, Socket#{state := State});
result({push, Messages, State}, Socket) ->
    push(Messages, Socket),
    asked(loop, Socket#{state := State});
result({reply, _, Messages, State}, Socket) ->
    push(Messages, Socket),
    asked(loop, Socket#{state := State});
result({stop, Reason, State}, Socket) ->
    close(Reason, code(Reason), Socket#{state := State});
result({stop, Reason, Detail, State}, Socket) ->
    close(Reason, Detail, Socket#{state := State});
result({stop, Reason, Detail, Messages, State}, Socket) ->
    push(Messages, Socket),
    close(Reason, Detail, Socket#{state := State}).

push(Messages, Socket) when is_list(Messages) -> lists:foreach(fun(Message) -> push(Message, Socket) end, Messages);
push({Opcode, nil}, Socket) -> push({Opcode, <<>>}, Socket);
push({Opcode, Data}, #{send := Send}) -> Send({Opcode, iolist_to_binary(Data)}).

code(normal) -> 1000;
code({shutdown, disconnected}) -> 1000;
code({shutdown, restart}) -> 1012;
code(_) -> 1011.

close(Reason, {Code, nil}, Socket) -> close(Reason, {Code, <<>>}, Socket);
close(Reason, Code, Socket) when is_integer(Code) -> close(Reason, {Code, <<>>}, Socket);
close(Reason, {Code, Text}, #{send := Send} = Socket) ->
    terminate(closed_by(Reason), Socket),
    Send({last, {close, Code, iolist_to_binary(Text)}}).

closed_by(normal) -> normal;
closed_by({shutdown, Reason}) when Reason =:= disconnected; Reason =:= restart -> normal;
closed_by(Reason) -> {error, Reason}.

terminate(Reason, #{handler := Handler, state := State} = Socket) ->
    _ = has(terminate, Socket) andalso Handler:terminate(Reason, State),
    ok.

has(Callback, #{handler := Handler}) -> erlang:function_exported(Handler, Callback, 2).

%% The module of the adapter in the conn of a request for a WebSocket. WebSockAdapter, and so Phoenix, upgrades only
%% adapters that it knows by name. So where no Bandit is with such a module, one with its name passes on to pier_plug.
-spec adapter() -> module().
adapter() ->
    case persistent_term:get(pier_plug_socket, undefined) of
        undefined ->
            Adapter = choose(['Elixir.Bandit.HTTP1.Adapter', 'Elixir.Bandit.Adapter']),
            persistent_term:put(pier_plug_socket, Adapter),
            Adapter;
        Adapter ->
            Adapter
    end.

choose([]) ->
    pier_plug;
choose([Name | Others]) ->
    case code:is_loaded(Name) =:= false andalso code:which(Name) =:= non_existing of
        true ->
            {ok, Name, Code} = compile:forms(forms(Name)),
            {module, Name} = code:load_binary(Name, "pier_plug_socket.erl", Code),
            Name;
        false ->
            choose(Others)
    end.

forms(Name) ->
    Own = [module_info, serve, prepare, log, version],
    Callbacks = [Callback || {F, _} = Callback <- pier_plug:module_info(exports), not lists:member(F, Own)],
    [{attribute, 1, module, Name}, {attribute, 1, export, Callbacks} | [form(Callback) || Callback <- Callbacks]].

form({Function, Arity}) ->
    Variables = [{var, 1, list_to_atom("A" ++ integer_to_list(N))} || N <- lists:seq(1, Arity)],
    Call = {call, 1, {remote, 1, {atom, 1, pier_plug}, {atom, 1, Function}}, Variables},
    {function, 1, Function, Arity, [{clause, 1, Variables, [], [Call]}]}.
