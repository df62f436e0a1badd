%% Runs plugs of Elixir for Pier, at a path of the server; a Phoenix endpoint is a plug:
%%
%%     erlang.mounts."/shop" { peer = backend, plug = "Shop.Router", options = "[]" }
%%
%%     defmodule Shop.Router do
%%       use Plug.Router
%%       plug :match
%%       plug :dispatch
%%       get "/", do: send_resp(conn, 200, "Hello")
%%     end
%%
%% Pier calls serve/4 as a stream, so that the response is sent by credit. The plug runs in the called process, which
%% owns the connection: only this process can read the body and send the response. When the client leaves, chunk tells
%% it; soon after, it is killed.
%%
%% SPEC: Plug.Conn.Adapter, of Plug 1.14 and later. This module has no macros and no includes, so that Pier can send it
%% to a node as source, and it needs no Elixir to be compiled.
-module(pier_plug).

-export([log/4, prepare/2, serve/4, version/0]).
%% The callbacks of Plug.Conn.Adapter.
-export([
    chunk/2,
    get_http_protocol/1,
    get_peer_data/1,
    get_sock_data/1,
    get_ssl_data/1,
    inform/3,
    push/3,
    read_req_body/2,
    send_chunked/3,
    send_file/6,
    send_resp/4,
    upgrade/3
]).

%% The version of this module. The rows of a response are those of pier_mount.
-spec version() -> 1.
version() -> 1.

%% Calls Module:init(Options), once per node and module. Pier serves the mount if it succeeds.
-spec prepare(module(), binary()) -> ok | {error, binary()}.
prepare(Module, Options) ->
    try
        _ = options(Module, Options),
        ok
    catch
        throw:{pier_plug, Text} ->
            {error, Text};
        Class:Reason:Stack ->
            Banner = 'Elixir.Exception':format_banner(Class, Reason, without_arguments(Stack)),
            {error, <<"init failed: ", (first_line(Banner))/binary>>}
    end.

%% Runs a plug: Module:call(Conn, Module:init(Options)).
-spec serve(module(), binary(), map(), term()) -> ok.
serve(Module, Options, Request, Upload) ->
    pier_stream:run(fun(Emit) ->
        try
            finish(Module:call(conn(Request, Upload, Emit), options(Module, Options)), Upload, Emit)
        catch
            Class:Reason:Stack -> failed(Class, Reason, Stack, Module, Emit)
        end
    end),
    ok.

%% A plug may leave it to the server to send what it has set.
finish(#{'__struct__' := 'Elixir.Plug.Conn', state := unset}, _, _) ->
    error('Elixir.Plug.Conn.NotSentError':exception([]));
finish(#{'__struct__' := 'Elixir.Plug.Conn', state := set} = Conn, _, _) ->
    'Elixir.Plug.Conn':send_resp(Conn);
finish(#{state := upgraded, resp_headers := Headers, adapter := {_, #{socket := Socket}}}, Upload, Emit) ->
    begin_response(),
    pier_plug_socket:run(Socket, Headers, Upload, Emit);
finish(#{'__struct__' := 'Elixir.Plug.Conn'}, _, _) ->
    complete();
finish(_, _, _) ->
    error(the_plug_has_not_returned_a_conn).

%% The answer that an exception gets: its own status, or else a problem of Pier. One that has been sent stands.
failed(error, #{'__struct__' := 'Elixir.Plug.Conn.WrapperError'} = Wrapper, _, Module, Emit) ->
    #{kind := Kind, reason := Reason, stack := Stack} = Wrapper,
    failed(Kind, Reason, Stack, Module, Emit);
failed(Class, Reason, Stack, Module, Emit) ->
    case pier_stream:is_closed() of
        true -> exit({shutdown, client_gone});
        false -> fault(Class, Reason, Stack, Module, Emit)
    end.

fault(exit, {shutdown, Reason}, _, _, _) when Reason =:= consumer_gone; Reason =:= client_gone ->
    exit({shutdown, Reason});
fault(Class, Reason, Stack, Module, Emit) ->
    Frames = without_arguments(Stack),
    Exception = 'Elixir.Exception':normalize(Class, Reason, Frames),
    Status = status(Exception),
    _ = Status >= 500 andalso log(Class, Exception, Frames, Module),
    case get({pier_plug, response}) of
        complete ->
            ok;
        undefined when Status =/= 500 ->
            Emit({refused, Status, <<"The Elixir application did not accept the request.">>});
        _ ->
            erlang:raise(Class, brief(Class, Exception), Frames)
    end.

status(Exception) ->
    case 'Elixir.Plug.Exception':status(Exception) of
        Status when is_integer(Status), Status >= 400, Status =< 599 -> Status;
        _ -> 500
    end.

%% Writes an exception to the log of the node. Returns the stack without arguments.
-spec log(error | exit | throw, term(), [tuple()], module()) -> [tuple()].
log(Class, Reason, Stack, Module) ->
    Frames = without_arguments(Stack),
    Exception = 'Elixir.Exception':normalize(Class, Reason, Frames),
    Text = 'Elixir.Exception':format(Class, Exception, Frames),
    logger:error("~ts failed:~n~ts", ['Elixir.Kernel':inspect(Module), Text], #{crash_reason => {Exception, Frames}}),
    Frames.

%% What Pier logs: the name and the message of an exception, or the reason as Elixir prints it. The conn is left out,
%% because it has cookies.
brief(error, #{'__struct__' := Name, '__exception__' := true} = Exception) ->
    {Name, without_conn('Elixir.Exception':message(Exception))};
brief(_, Reason) ->
    {plug, without_conn('Elixir.Kernel':inspect(Reason))}.

without_conn(Text) -> 'Elixir.String':slice(hd(binary:split(Text, <<"%Plug.Conn{">>)), 0, 300).

%% A frame with the arguments of its function has the conn in it, whose cookies are not for the log.
without_arguments(Stack) -> [arity(Frame) || Frame <- Stack].

arity({Fun, Arguments, Location}) when is_list(Arguments) ->
    {Fun, length(Arguments), Location};
arity(Frame) ->
    pier_mount:arity(Frame).

%% The result of Module:init/1, kept until the code of the module changes.
options(Module, Text) ->
    Key = {pier_plug, Module, Text},
    case persistent_term:get(Key, undefined) of
        undefined ->
            init(Module, Text, Key, Module:module_info(md5));
        {Version, Options} ->
            case Module:module_info(md5) of
                Version -> Options;
                Newer -> init(Module, Text, Key, Newer)
            end
    end.

%% One process at a time, so that init runs once.
init(Module, Text, Key, Version) ->
    global:trans({Key, self()}, fun() ->
        case persistent_term:get(Key, undefined) of
            {Version, Options} ->
                Options;
            _ ->
                Options = Module:init(parse(Text)),
                persistent_term:put(Key, {Version, Options}),
                Options
        end
    end, [node()]).

%% Reads an Elixir term. Only literals: nothing is evaluated.
parse(<<"[]">>) ->
    [];
parse(Text) ->
    case 'Elixir.Code':string_to_quoted(Text) of
        {ok, Quoted} -> literal(Quoted);
        _ -> throw({pier_plug, <<"options is not an Elixir term: ", Text/binary>>})
    end.

literal(Value) when is_number(Value); is_atom(Value); is_binary(Value) -> Value;
literal(List) when is_list(List) -> [literal(Element) || Element <- List];
literal({First, Second}) -> {literal(First), literal(Second)};
literal({'{}', _, Elements}) -> list_to_tuple(literal(Elements));
literal({'%{}', _, Pairs}) -> maps:from_list(literal(Pairs));
literal({'__aliases__', _, Names}) -> 'Elixir.Module':concat(Names);
literal({'__block__', _, [Value]}) -> literal(Value);
literal({'-', _, [Number]}) when is_number(Number) -> -Number;
literal(Other) ->
    Text = 'Elixir.Macro':to_string(Other),
    throw({pier_plug, <<"options has an expression instead of a literal: ", Text/binary>>}).

first_line(Text) -> hd(binary:split(Text, <<"\n">>)).

%% The conn. The segments of the mount are its script_name. SPEC: Plug.Conn.Adapter, conn/5
conn(Request, Upload, Emit) ->
    #{
        method := Method,
        scheme := Scheme,
        script_name := ScriptName,
        path_info := PathInfo,
        query_string := Query,
        headers := Headers,
        server_name := Host,
        server_port := Port,
        remote_addr := RemoteAddr
    } = Request,
    Path = <<ScriptName/binary, PathInfo/binary>>,
    Uri = ('Elixir.URI':'__struct__'())#{
        scheme := scheme(Scheme),
        host := Host,
        port := Port,
        path := case Path of <<>> -> <<"/">>; _ -> Path end,
        query := Query
    },
    IsSocket = maps:is_key(websocket, Request),
    Adapter = case IsSocket of true -> pier_plug_socket:adapter(); false -> pier_plug end,
    %% The upload of a WebSocket has frames.
    Body = case IsSocket of true -> undefined; false -> Upload end,
    State = #{emit => Emit, request => Request, upload => Body},
    Conn = 'Elixir.Plug.Conn.Adapter':conn(
        {Adapter, State}, Method, Uri, pier_mount:address(RemoteAddr), request_headers(Headers, Uri)
    ),
    case segments(ScriptName) of
        [] -> Conn;
        Segments -> Conn#{script_name := Segments, path_info := segments(PathInfo)}
    end.

%% conn/5 makes an atom of the scheme.
scheme(<<"https">>) -> <<"https">>;
scheme(_) -> <<"http">>.

segments(Path) -> [Segment || Segment <- binary:split(Path, <<"/">>, [global]), Segment =/= <<>>].

%% Lower-case names; one header for all cookies; the host of HTTP/2. SPEC: RFC 9113, sections 8.2.3 and 8.3.1
request_headers(Headers, Uri) ->
    Lower = [{pier_mount:lower(Name), Value} || {Name, Value} <- Headers],
    Named =
        case lists:keymember(<<"host">>, 1, Lower) of
            true -> Lower;
            false -> [{<<"host">>, authority(Uri)} | Lower]
        end,
    case [Value || {<<"cookie">>, Value} <- Named] of
        [_, _ | _] = Cookies ->
            Joined = iolist_to_binary(lists:join("; ", Cookies)),
            [{<<"cookie">>, Joined} | [Header || {Name, _} = Header <- Named, Name =/= <<"cookie">>]];
        _ ->
            Named
    end.

authority(#{scheme := <<"http">>, host := Host, port := 80}) -> Host;
authority(#{scheme := <<"https">>, host := Host, port := 443}) -> Host;
authority(#{host := Host, port := Port}) -> <<Host/binary, ":", (integer_to_binary(Port))/binary>>.

get_peer_data(#{request := #{remote_addr := Address, remote_port := Port} = Request}) ->
    #{address => pier_mount:address(Address), port => Port, ssl_cert => maps:get(client_certificate, Request, nil)}.

get_sock_data(#{request := #{local_addr := Address, local_port := Port}}) ->
    #{address => pier_mount:address(Address), port => Port}.

%% The version and the cipher suite, as ssl:connection_information/1 has them. The names of the suites of TLS 1.2 tell
%% how keys are exchanged; those of TLS 1.3 do not. SPEC: RFC 8446, appendix B.4
get_ssl_data(#{request := #{tls_cipher_suite := Suite}}) ->
    Version = case binary:match(Suite, <<"_WITH_">>) of nomatch -> 'tlsv1.3'; _ -> 'tlsv1.2' end,
    [{protocol, Version} | [{selected_cipher_suite, Known} || #{} = Known <- [ssl:str_to_suite(binary_to_list(Suite))]]];
get_ssl_data(_) ->
    nil.

get_http_protocol(#{request := #{protocol := Protocol}}) -> http_protocol(Protocol).

http_protocol(<<"HTTP/1.0">>) -> 'HTTP/1.0';
http_protocol(<<"HTTP/2", _/binary>>) -> 'HTTP/2';
http_protocol(_) -> 'HTTP/1.1'.

%% Reads at most length bytes. read_timeout is the time without any byte; read_length is not needed, because Pier sends
%% the body in parts of its own.
read_req_body(#{upload := undefined} = State, _) ->
    {ok, <<>>, State};
read_req_body(#{upload := Upload} = State, Options) ->
    Kept =
        case erase({pier_plug, rest}) of
            undefined -> <<>>;
            Rest -> Rest
        end,
    Length = option(length, Options, 8000000),
    Timeout = option(read_timeout, Options, 15000),
    case read(Upload, Length, Timeout, [Kept], byte_size(Kept)) of
        {error, Reason} -> {error, Reason};
        {More, Body} -> {More, Body, State}
    end.

option(Key, Options, Default) ->
    case lists:keyfind(Key, 1, Options) of
        {Key, Value} -> Value;
        false -> Default
    end.

read(Upload, Length, Timeout, Parts, Have) when Have < Length ->
    case pier_stream:read(Upload, Timeout) of
        {ok, Bytes} ->
            put({pier_plug, taken}, taken() + byte_size(Bytes)),
            read(Upload, Length, Timeout, [Bytes | Parts], Have + byte_size(Bytes));
        eof ->
            {ok, joined(Parts)};
        {error, Reason} ->
            put({pier_plug, rest}, joined(Parts)),
            {error, Reason}
    end;
read(Upload, Length, Timeout, Parts, Have) ->
    case joined(Parts) of
        <<Body:Length/binary, Rest/binary>> when Have > Length ->
            put({pier_plug, rest}, Rest),
            {more, Body};
        Body ->
            case taken() =:= pier_stream:size(Upload) andalso pier_stream:read(Upload, Timeout) of
                eof -> {ok, Body};
                _ -> {more, Body}
            end
    end.

%% How many bytes of the upload have been read.
taken() ->
    case get({pier_plug, taken}) of
        undefined -> 0;
        Bytes -> Bytes
    end.

joined([Part]) -> Part;
joined(Parts) -> iolist_to_binary(lists:reverse(Parts)).

send_resp(#{emit := Emit} = State, Status, Headers, Body) ->
    begin_response(),
    Size = iolist_size(Body),
    case is_bodyless(State, Status) of
        true ->
            Emit({head, Status, Headers, {size, Size}});
        false when Size =< 32768 ->
            Emit({head, Status, Headers, iolist_to_binary(Body)});
        false ->
            Emit({head, Status, Headers, {size, Size}}),
            iodata(Body, Emit)
    end,
    complete(),
    {ok, nil, State}.

%% A file of this node, in pieces.
send_file(#{emit := Emit} = State, Status, Headers, Path, Offset, Length) ->
    {ok, File} = file:open(Path, [read, raw, binary]),
    try
        {ok, End} = file:position(File, eof),
        Size = case Length of all -> End - Offset; _ -> Length end,
        _ = (Offset >= 0 andalso Size >= 0 andalso Offset + Size =< End) orelse
            error({not_in_the_file, [{path, Path}, {offset, Offset}, {length, Length}, {size, End}]}),
        begin_response(),
        Emit({head, Status, Headers, {size, Size}}),
        _ = is_bodyless(State, Status) orelse pieces(File, Offset, Size, Emit)
    after
        file:close(File)
    end,
    complete(),
    {ok, nil, State}.

pieces(_, _, 0, _) ->
    ok;
pieces(File, Offset, Left, Emit) ->
    {ok, Piece} = file:pread(File, Offset, min(Left, 61440)),
    Emit(Piece),
    pieces(File, Offset + byte_size(Piece), Left - byte_size(Piece), Emit).

send_chunked(#{emit := Emit} = State, Status, Headers) ->
    begin_response(),
    Emit({head, Status, Headers, stream}),
    {ok, nil, State#{bodyless => is_bodyless(State, Status)}}.

%% An empty chunk is not sent. An error means that the client has left, or that the connection to Pier is lost.
chunk(#{bodyless := true}, _) ->
    ok;
chunk(#{emit := Emit}, Body) ->
    try
        case pier_stream:is_closed() of
            true -> {error, closed};
            false -> iodata(Body, Emit)
        end
    catch
        exit:{shutdown, consumer_gone} -> {error, closed}
    end.

begin_response() ->
    put({pier_plug, response}, begun),
    self() ! {plug_conn, sent}.

complete() -> put({pier_plug, response}, complete).

is_bodyless(#{request := #{method := <<"HEAD">>}}, _) -> true;
is_bodyless(_, Status) -> Status =:= 204 orelse Status =:= 304.

%% Less than a fragment each, so that parts of several responses take turns on the connection.
iodata(Body, Emit) -> lists:foreach(fun(Part) -> pier_mount:parts(Part, Emit) end, erlang:iolist_to_iovec(Body)).

%% An informational response, such as 103.
inform(#{emit := Emit, request := #{protocol := Protocol}}, Status, Headers) when Protocol =/= <<"HTTP/1.0">> ->
    Emit({inform, Status, [{text(Name), Value} || {Name, Value} <- Headers]});
inform(_, _, _) ->
    {error, not_supported}.

text(Name) when is_atom(Name) -> atom_to_binary(Name, utf8);
text(Name) -> Name.

push(_, _, _) -> {error, not_supported}.

%% The handler of a WebSocket runs once the plug has returned.
upgrade(#{request := #{websocket := true}} = State, websocket, {_, _, Options} = Socket) when is_list(Options) ->
    {ok, State#{socket => Socket}};
upgrade(_, _, _) ->
    {error, not_supported}.
