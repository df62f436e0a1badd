%% Runs the applications of a Cowboy listener for Pier, at a path of the server:
%%
%%     erlang.mounts."/rabbit" { peer = rabbit, cowboy = "rabbit_web_dispatch" }
%%     erlang.mounts."/shop" { peer = shop, port = 4000 }
%%
%% Nothing is needed on the node but Cowboy 2 and its listener, whose options are taken from Ranch. A process of this
%% module plays the connection process of Cowboy for one request: it calls the listener's stream handlers through
%% cowboy_stream, and carries their commands out. Each row that it sends waits for credit of the client.
%%
%% This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_cowboy).

-export([check/1, serve/3, version/0]).

%% The version of this module. The rows of a response are those of pier_mount.
-spec version() -> 1.
version() -> 1.

%% Whether there is such a listener of Cowboy: by its name in Ranch, or by its port.
-spec check(binary() | inet:port_number()) -> ok | {error, binary()}.
check(Selector) ->
    try options(Selector) of
        {_, _} -> ok
    catch
        throw:{no_listener, Text} -> {error, Text}
    end.

%% Serves a request.
-spec serve(binary() | inet:port_number(), map(), term()) -> ok.
serve(Selector, Request, Upload) ->
    {Ref, Options} =
        try
            options(Selector)
        catch
            throw:{no_listener, Text} -> error({no_listener, Text})
        end,
    pier_mount:run(fun(Emit) -> connection(Ref, Options, Request, Upload, Emit) end, #{max_queue => 1000}).

%% The listener and its options. The name of a listener may be any term, so it is compared as text; the one that was
%% found is kept, because to ask Ranch for all of them is slow.
options(Selector) ->
    Key = {pier_cowboy, Selector},
    case persistent_term:get(Key, none) of
        {found, Ref} ->
            try
                true = is_binary(Selector) orelse ranch:get_port(Ref) =:= Selector,
                #{} = Options = ranch:get_protocol_options(Ref),
                {Ref, Options}
            catch
                error:_ -> find(Key, Selector)
            end;
        none ->
            find(Key, Selector)
    end.

find(Key, Selector) ->
    Listeners =
        try ranch:info() of
            Map when is_map(Map) -> maps:to_list(Map);
            List -> [{Ref, maps:from_list(Info)} || {Ref, Info} <- List]
        catch
            error:undef -> throw({no_listener, <<"Ranch is not there">>});
            _:_ -> throw({no_listener, <<"Ranch is not running">>})
        end,
    case [{Ref, Info} || {Ref, Info} <- Listeners, is_selected(Selector, Ref, Info)] of
        [{Ref, #{protocol_options := #{} = Options, protocol := Protocol}} | _] ->
            _ = code:ensure_loaded(cowboy_stream) =:= {module, cowboy_stream} orelse not_cowboy(Ref, Protocol),
            persistent_term:put(Key, {found, Ref}),
            {Ref, Options};
        [{Ref, #{protocol := Protocol}} | _] ->
            not_cowboy(Ref, Protocol);
        [] ->
            throw({no_listener, text("Ranch has no listener ~ts; it has ~ts", [
                selector(Selector),
                case Listeners of
                    [] -> "none";
                    _ -> lists:join(", ", [described(Ref, Info) || {Ref, Info} <- lists:sublist(Listeners, 10)])
                end
            ])})
    end.

not_cowboy(Ref, Protocol) ->
    throw({no_listener, text("the listener ~ts is not one of Cowboy: its protocol is ~ts", [name(Ref), name(Protocol)])}).

is_selected(Name, Ref, _) when is_binary(Name) -> name(Ref) =:= Name;
is_selected(Port, _, Info) -> maps:get(port, Info, undefined) =:= Port.

selector(Name) when is_binary(Name) -> <<$", Name/binary, $">>;
selector(Port) -> text("on port ~w", [Port]).

described(Ref, Info) -> text("~ts (port ~w)", [name(Ref), maps:get(port, Info, undefined)]).

name(Name) when is_atom(Name) -> atom_to_binary(Name, utf8);
name(Name) when is_binary(Name) -> Name;
name(Name) -> text("~0tp", [Name]).

text(Format, Arguments) -> unicode:characters_to_binary(io_lib:format(Format, Arguments)).

%% The connection of one request. The state:
%%
%%     emit       sends a row
%%     stream     the state of the stream handlers
%%     options    of the listener
%%     out        wait, body, bodyless or done: what has been sent
%%     children   processes that the stream handlers have started, each with its shutdown timeout
%%     reader     of the body, if there is one
%%     reading    whether the reader has been asked
%%     flow       how many more bytes of the body the stream handlers want
%%     left       how many bytes of the body are to come; undefined if it has no length
%%     crash      an empty error response, which says no more than the one of Pier
connection(Ref, Options, Request, Upload, Emit) ->
    process_flag(trap_exit, true),
    Req = req(Ref, Request, Upload),
    IsSocket = maps:is_key(websocket, Request),
    State = #{
        emit => Emit,
        options => Options,
        ref => Ref,
        method => maps:get(method, Req),
        out => wait,
        children => [],
        reader => if IsSocket; Upload =:= undefined -> none; true -> pier_mount:body(Upload) end,
        socket => if IsSocket -> Upload; true -> none end,
        reading => false,
        flow => 0,
        left => maps:get(body_length, Req),
        crash => none
    },
    {Commands, Stream} = cowboy_stream:init(1, Req, Options),
    loop(commands(Commands, State#{stream => Stream})).

loop(#{stopped := true}) ->
    ok;
loop(#{reader := Reader} = State) ->
    Self = self(),
    receive
        {{Self, 1}, Message} ->
            loop(info(Message, State));
        {pier_mount, Reader, {body, Bytes}} ->
            loop(received(Bytes, State));
        {pier_mount, Reader, eof} ->
            loop(data(fin, <<>>, State));
        {'EXIT', Pid, Reason} ->
            loop(exited(Pid, Reason, State));
        _ ->
            loop(State)
    end.

info(Message, #{stream := Stream0} = State) ->
    {Commands, Stream} = cowboy_stream:info(1, Message, Stream0),
    commands(Commands, State#{stream => Stream}).

%% The last bytes of a body with a length come with its end, as in Cowboy.
received(Bytes, #{left := undefined} = State) ->
    data(nofin, Bytes, State);
received(Bytes, #{left := Left} = State) ->
    Rest = Left - byte_size(Bytes),
    data(case Rest of 0 -> fin; _ -> nofin end, Bytes, State#{left => Rest}).

data(IsFin, Bytes, #{stream := Stream0, flow := Flow} = State) ->
    {Commands, Stream} = cowboy_stream:data(1, IsFin, Bytes, Stream0),
    Reader = case IsFin of fin -> none; nofin -> maps:get(reader, State) end,
    read(commands(Commands, State#{
        stream => Stream,
        flow => Flow - byte_size(Bytes),
        reader => Reader,
        reading => false
    })).

read(#{reader := Reader, reading := false, flow := Flow} = State) when is_pid(Reader), Flow > 0 ->
    pier_mount:next(Reader),
    State#{reading => true};
read(State) ->
    State.

exited(Pid, Reason, #{children := Children, reader := Reader, out := Out} = State) ->
    case lists:keytake(Pid, 1, Children) of
        {value, _, Rest} ->
            info({'EXIT', Pid, Reason}, State#{children => Rest});
        false when Pid =:= Reader, Out =/= done, Out =/= bodyless ->
            gone(State);
        false ->
            _ = pier_mount:is_stream(Pid) andalso gone(State),
            State
    end.

%% The client has left.
-spec gone(map()) -> no_return().
gone(State) ->
    end_stream({socket_error, closed, 'The client has left.'}, State),
    exit({shutdown, client_gone}).

%% What the stream handlers want.
commands([], State) ->
    read(State);
commands(_, #{stopped := _} = State) ->
    State;
commands([{spawn, Pid, Shutdown} | Rest], #{children := Children} = State) ->
    commands(Rest, State#{children => [{Pid, Shutdown} | Children]});
commands([{flow, Size} | Rest], #{flow := Flow} = State) ->
    commands(Rest, State#{flow => max(0, Flow) + Size});
commands([{log, _, _, _} = Log | Rest], #{options := Options} = State) ->
    _ = cowboy:log(Log, Options),
    commands(Rest, State);
commands([{inform, Status, Headers} | Rest], #{out := wait} = State) ->
    _ = case code(Status) of
        100 -> ok;
        Code -> emit({inform, Code, headers(Headers)}, State)
    end,
    commands(Rest, State);
commands([{error_response, Status, Headers, Body} | Rest], #{out := wait} = State) ->
    %% Pier has a better response than an empty one for an application that has failed.
    case code(Status) >= 500 andalso iolist_size(Body) =:= 0 of
        true -> commands(Rest, State#{crash => {response, Status, Headers, Body}});
        false -> commands([{response, Status, Headers, Body} | Rest], State)
    end;
commands([{error_response, _, _, _} | Rest], State) ->
    commands(Rest, State);
commands([{response, Status, Headers, Body} | Rest], #{out := wait} = State) ->
    commands(Rest, response(code(Status), headers(Headers), Body, State));
commands([{headers, Status, Headers} | Rest], #{out := wait} = State) ->
    Head = {head, Code = code(Status), headers(Headers), stream},
    Out = case is_bodyless(Code, State) of
        true -> last(Head, State), bodyless;
        false -> emit(Head, State), body
    end,
    commands(Rest, State#{out => Out});
commands([{data, _, _} | _], #{out := wait}) ->
    error(data_before_the_head);
commands([{data, IsFin, Data} | Rest], #{out := body} = State) ->
    part(Data, State),
    commands(Rest, finish(IsFin, State));
commands([{data, _, _} | Rest], #{out := bodyless} = State) ->
    commands(Rest, State);
commands([{data, _, Data} | Rest], #{out := done} = State) ->
    _ = Data =:= <<>> orelse after_the_end(data, State),
    commands(Rest, State);
commands([{trailers, Trailers} | Rest], #{out := body} = State) ->
    last({trailers, headers(Trailers)}, State),
    commands(Rest, State#{out => done});
commands([{trailers, _} | Rest], #{out := bodyless} = State) ->
    commands(Rest, State);
commands([{switch_protocol, Headers, Protocol, ProtocolState} | _], #{out := wait} = State) ->
    switch_protocol(headers(Headers), Protocol, ProtocolState, State);
commands([{internal_error, Reason, _} | _], State) ->
    internal_error(Reason, State);
commands([stop | _], State) ->
    stop(State);
commands([{push, _, _, _, _, _, _, _} | Rest], State) ->
    commands(Rest, State);
commands([{set_options, _} | Rest], State) ->
    commands(Rest, State);
commands([Command | Rest], State) ->
    after_the_end(element(1, Command), State),
    commands(Rest, State).

%% A second response, or more of one that is complete. Until the end is sent, it fails the request.
after_the_end(Kind, #{out := Out, ref := Ref}) when Out =:= done; Out =:= bodyless ->
    logger:warning("pier_cowboy: the response of listener ~0tp was complete; discarding ~ts of the application", [
        Ref, atom_to_list(Kind)
    ]);
after_the_end(Kind, _) ->
    error({unexpected, Kind}).

emit(Row, #{emit := Emit}) -> Emit(Row).

last(Row, #{emit := Emit}) -> Emit({last, Row}).

finish(nofin, State) ->
    State;
finish(fin, State) ->
    emit(last, State),
    State#{out => done}.

is_bodyless(_, #{method := <<"HEAD">>}) -> true;
is_bodyless(204, _) -> true;
is_bodyless(304, _) -> true;
is_bodyless(_, _) -> false.

response(Code, Headers, Body, State) ->
    case is_bodyless(Code, State) of
        true -> last({head, Code, Headers, stream}, State), State#{out => bodyless};
        false -> respond(Code, Headers, Body, State), State#{out => done}
    end.

respond(Code, Headers, {sendfile, Offset, Bytes, Path}, State) ->
    %% Before the head, so that a missing file is a failure that the client sees.
    File = open(Offset, Path),
    emit({head, Code, Headers, {size, Bytes}}, State),
    send_file(File, Bytes, State),
    emit(last, State);
respond(Code, Headers, Body, #{emit := Emit} = State) ->
    case iolist_size(Body) of
        Size when Size =< 32768 ->
            last({head, Code, Headers, iolist_to_binary(Body)}, State);
        Size ->
            emit({head, Code, Headers, {size, Size}}, State),
            pier_mount:parts(iolist_to_binary(Body), Emit),
            emit(last, State)
    end.

part({sendfile, Offset, Bytes, Path}, State) -> send_file(open(Offset, Path), Bytes, State);
part(Data, #{emit := Emit}) -> pier_mount:parts(iolist_to_binary(Data), Emit).

open(Offset, Path) ->
    {ok, File} = file:open(Path, [read, raw, binary]),
    {ok, _} = file:position(File, Offset),
    File.

%% A file that is shorter than it was does not fit the length in the head, which Pier notices.
send_file(File, Bytes, State) when Bytes > 0 ->
    case file:read(File, min(Bytes, 61440)) of
        {ok, Part} ->
            emit(Part, State),
            send_file(File, Bytes - byte_size(Part), State);
        _ ->
            file:close(File)
    end;
send_file(File, _, _) ->
    file:close(File).

%% The end of the request's processes.
stop(#{out := wait, crash := {response, _, _, _} = Response} = State) ->
    stop(commands([Response], State#{crash => none}));
stop(#{out := wait} = State) ->
    stop(info({response, 204, #{}, <<>>}, State));
stop(#{out := body} = State) ->
    stop(finish(fin, State));
stop(State) ->
    end_stream(normal, State),
    State#{stopped => true}.

internal_error(Reason, #{out := Out} = State) ->
    end_stream({internal_error, Reason, 'The request has failed.'}, State),
    case Out =:= done orelse Out =:= bodyless of
        true -> State#{stopped => true};
        false -> failed(Reason)
    end.

%% Fails with the reason of the request's process, whose stack may have the request in it.
-spec failed(term()) -> no_return().
failed({'EXIT', _, {Reason, [Frame | _] = Stack}}) when is_tuple(Frame) ->
    erlang:raise(error, Reason, [pier_mount:arity(F) || F <- Stack, is_tuple(F)]);
failed({'EXIT', _, Reason}) ->
    error(Reason);
failed(Reason) ->
    error(Reason).

end_stream(Reason, #{stream := Stream, children := Children, options := Options}) ->
    try
        cowboy_stream:terminate(1, Reason, Stream)
    catch
        Class:Exception:Stack ->
            cowboy:log(cowboy_stream:make_error_log(terminate, [1, Reason, Stream], Class, Exception, Stack), Options)
    end,
    _ = [exit(Pid, shutdown) || {Pid, Timeout} <- Children, Timeout =/= brutal_kill],
    _ = [await_end(Pid, Timeout) || {Pid, Timeout} <- Children],
    ok.

await_end(Pid, brutal_kill) ->
    exit(Pid, kill),
    await_end(Pid, infinity);
await_end(Pid, Timeout) ->
    receive
        {'EXIT', Pid, _} -> ok
    after Timeout -> await_end(Pid, brutal_kill)
    end.

%% The request as Cowboy describes it.
req(Ref, Request, Upload) ->
    #{
        method := Method,
        scheme := Scheme,
        path := Path,
        query_string := Query,
        headers := Headers,
        server_name := Host,
        server_port := Port,
        protocol := Protocol,
        remote_addr := RemoteAddr,
        remote_port := RemotePort,
        local_addr := LocalAddr,
        local_port := LocalPort
    } = Request,
    HasBody = Upload =/= undefined andalso not maps:is_key(websocket, Request),
    #{
        ref => Ref,
        pid => self(),
        streamid => 1,
        peer => {pier_mount:address(RemoteAddr), RemotePort},
        sock => {pier_mount:address(LocalAddr), LocalPort},
        cert => undefined,
        method => Method,
        scheme => Scheme,
        host => pier_mount:lower(Host),
        port => Port,
        path => Path,
        qs => Query,
        version => version(Protocol),
        headers => lists:foldl(fun header/2, #{}, Headers),
        has_body => HasBody,
        body_length => if HasBody -> maps:get(content_length, Request, undefined); true -> 0 end
    }.

version(<<"HTTP/2", _/binary>>) -> 'HTTP/2';
version(<<"HTTP/1.0">>) -> 'HTTP/1.0';
version(_) -> 'HTTP/1.1'.

%% SPEC: RFC 9110, section 5.3; RFC 9113, section 8.2.3 for cookies.
header({Name, Value}, Headers) ->
    Key = pier_mount:lower(Name),
    case Headers of
        _ when Key =:= <<"transfer-encoding">> -> Headers;
        #{Key := Before} when Key =:= <<"cookie">> -> Headers#{Key := <<Before/binary, "; ", Value/binary>>};
        #{Key := Before} -> Headers#{Key := <<Before/binary, ", ", Value/binary>>};
        _ -> Headers#{Key => Value}
    end.

code(Code) when is_integer(Code) -> Code;
code(<<Code:3/binary, _/binary>>) -> binary_to_integer(Code).

headers(Headers) ->
    lists:append([header_lines(Name, Value) || {Name, Value} <- maps:to_list(Headers)]).

header_lines(<<"set-cookie">> = Name, Values) when is_list(Values) ->
    [{Name, iolist_to_binary(Value)} || Value <- Values];
header_lines(Name, Value) ->
    [{iolist_to_binary(Name), iolist_to_binary(Value)}].

%% The protocol, which is cowboy_websocket or a module that wraps it, takes the connection over in a process of its own;
%% this one is its socket.
switch_protocol(_, _, _, #{socket := none} = State) ->
    end_stream(switch_protocol, State),
    last({refused, 501, <<"The application switches to a protocol other than WebSocket.">>}, State),
    State#{stopped => true, out => done};
switch_protocol(Headers, Protocol, ProtocolState, #{socket := Upload, ref := Ref, options := Options} = State) ->
    #{emit := Emit} = State,
    end_stream(switch_protocol, State),
    emit({upgrade, Headers}, State),
    Takeover = fun(Parent, Socket, Transport) ->
        Protocol:takeover(Parent, Ref, Socket, Transport, Options, <<>>, ProtocolState)
    end,
    pier_cowboy_socket:run(Takeover, Upload, Emit),
    State#{stopped => true, out => done}.
