%% Runs EWGI applications for Pier, at a path of the server:
%%
%%     erlang.mounts."/old" { peer = backend, ewgi = "ewgi_hello:handle" }
%%
%%     -module(ewgi_hello).
%%     handle({ewgi_context, Request, _}) ->
%%         {ewgi_context, Request, {ewgi_response, {200, "OK"}, [{"Content-Type", "text/plain"}], <<"Hello">>, undefined}}.
%%
%% Pier calls serve/4 as a stream, so that the response is sent by credit. The application, its streams and the funs of
%% the request run in the called process; when the client leaves, the process is killed.
%%
%% SPEC: EWGI 1.1. This module has no macros and no includes, so that Pier can send it to a node as source.
-module(pier_ewgi).

-export([serve/4, version/0]).
-export([
    stream_process_deliver/2,
    stream_process_deliver_chunk/2,
    stream_process_deliver_final_chunk/2,
    stream_process_end/2
]).

%% Where the process of a push stream delivers its data.
-opaque connection() :: {pier_ewgi, pid(), reference()}.
-export_type([connection/0]).

%% The version of this module. Since version 2, a request is a tuple. The rows of a response, since version 1:
%%
%%     {head, Code, [{Name, Value}], Body}   first; Body is all of the body as a binary, or {size, Bytes}, or stream
%%     Binary                                a part of the body
%%     {refused, Code, Text}                 instead of a head: a response of Pier
-spec version() -> 2.
version() -> 2.

%% Runs an application: Module:Function(Context).
-spec serve(module(), atom(), tuple(), term()) -> ok.
serve(Module, Function, Request, Upload) ->
    pier_stream:run(fun(Emit) ->
        try
            answer(Module, Function, Request, Upload, Emit)
        catch
            Class:Reason:Stack -> erlang:raise(Class, Reason, [pier_mount:arity(Frame) || Frame <- Stack])
        end
    end),
    ok.

answer(Module, Function, Request, Upload, Emit) ->
    Given = request(Request, Upload),
    case Module:Function({ewgi_context, Given, {ewgi_response, {200, "OK"}, [], undefined, undefined}}) of
        {ewgi_context, _, {ewgi_response, Status, Headers, Body, Err}} ->
            _ = Err =:= undefined orelse write_error(Err),
            respond(Status, Headers, Body, element(1, Request), Emit);
        _ ->
            error(not_an_ewgi_context)
    end.

respond(_, _, {websocket, _}, _, Emit) ->
    pier_stream:last({refused, 501, <<"WebSockets of EWGI are not supported.">>}, Emit);
respond(_, _, {push_stream, Pid, Timeout}, Method, Emit) when is_pid(Pid) ->
    push_stream(Pid, Timeout, Method, Emit);
respond(Status, Headers, Body, Method, Emit) ->
    Code = code(Status),
    case is_bodyless(Method, Code) of
        true when is_function(Body, 0) -> pier_stream:last({head, Code, headers(Headers), stream}, Emit);
        true -> pier_stream:last({head, Code, headers(Headers), {size, iolist_size(content(Body))}}, Emit);
        false when is_function(Body, 0) ->
            Emit({head, Code, headers(Headers), stream}),
            stream(Body, Emit);
        false -> whole(Code, headers(Headers), content(Body), Emit)
    end.

code({Code, _}) when is_integer(Code) -> Code;
code(Code) when is_integer(Code) -> Code.

content(undefined) -> [];
content(Body) -> Body.

is_bodyless(<<"HEAD">>, _) -> true;
is_bodyless(_, 204) -> true;
is_bodyless(_, 304) -> true;
is_bodyless(_, _) -> false.

whole(Code, Headers, Body, Emit) ->
    case iolist_size(Body) of
        Size when Size =< 32768 ->
            pier_stream:last({head, Code, Headers, iolist_to_binary(Body)}, Emit);
        Size ->
            Emit({head, Code, Headers, {size, Size}}),
            pier_mount:parts(iolist_to_binary(Body), Emit)
    end.

stream(Stream, Emit) ->
    case Stream() of
        {} ->
            ok;
        {Head, Tail} ->
            part(Head, Emit),
            stream(Tail, Emit)
    end.

%% A head may be a byte: the first element of an iolist.
part(Byte, Emit) when is_integer(Byte) -> part([Byte], Emit);
part(Data, Emit) -> pier_mount:parts(iolist_to_binary(Data), Emit).

headers(Headers) -> [{text(Name), text(Value)} || {Name, Value} <- Headers].

text(Text) when is_binary(Text) -> Text;
text(Number) when is_integer(Number) -> integer_to_binary(Number);
text(Atom) when is_atom(Atom) -> atom_to_binary(Atom, utf8);
text(Text) ->
    try
        iolist_to_binary(Text)
    catch
        %% Characters above 255.
        error:badarg -> <<_/binary>> = unicode:characters_to_binary(Text)
    end.

%% Another process pushes the body. The link ends it with this one, and this one with it; the monitor shows an end
%% with the reason normal, which a link does not.
push_stream(Pid, Timeout, Method, Emit) ->
    link(Pid),
    Ref = monitor(process, Pid),
    Pid ! {push_stream_init, pier_ewgi, self(), {pier_ewgi, self(), Ref}},
    receive
        {push_stream_init, Pid, Status, Headers, _Transfer} ->
            Code = code(Status),
            Emit({head, Code, headers(Headers), stream}),
            case is_bodyless(Method, Code) of
                true ->
                    Pid ! {discard, self()},
                    finish(Pid, Ref);
                false ->
                    Pid ! {ok, self()},
                    pushed(Pid, Ref, Emit)
            end;
        {'DOWN', Ref, process, Pid, Reason} ->
            error({push_stream_ended, Reason})
    after Timeout ->
        unlink(Pid),
        exit(Pid, kill),
        Emit({refused, 504, <<"The Erlang application did not answer in time.">>})
    end.

pushed(Pid, Ref, Emit) ->
    receive
        {Ref, From, Tag, Data} ->
            part(Data, Emit),
            From ! {Tag, ok},
            pushed(Pid, Ref, Emit);
        {Ref, last} ->
            finish(Pid, Ref);
        {'DOWN', Ref, process, Pid, Reason} ->
            error({push_stream_ended, Reason})
    end.

finish(Pid, Ref) ->
    demonitor(Ref, [flush]),
    unlink(Pid),
    ok.

%% Sends data, and returns when the client's window had room for it, or {error, closed} when the request has ended.
-spec stream_process_deliver(connection(), iodata()) -> ok | {error, closed}.
stream_process_deliver({pier_ewgi, Server, Ref}, Data) ->
    Tag = monitor(process, Server),
    Server ! {Ref, self(), Tag, Data},
    receive
        {Tag, ok} ->
            demonitor(Tag, [flush]),
            ok;
        {'DOWN', Tag, process, Server, _} ->
            {error, closed}
    end.

%% The same: HTTP's chunks are those of Pier.
-spec stream_process_deliver_chunk(connection(), iodata()) -> ok | {error, closed}.
stream_process_deliver_chunk(Connection, Data) ->
    stream_process_deliver(Connection, Data).

%% The same for the last data. The stream ends with stream_process_end/2.
-spec stream_process_deliver_final_chunk(connection(), iodata()) -> ok | {error, closed}.
stream_process_deliver_final_chunk(Connection, Data) ->
    stream_process_deliver(Connection, Data).

%% Ends the body.
-spec stream_process_end(connection(), pid()) -> ok.
stream_process_end({pier_ewgi, Server, Ref}, _) ->
    Server ! {Ref, last},
    ok.

%% The request: a record of 20 fields. Texts are lists of bytes, missing ones are undefined. Pier sends the values without
%% keys, because a node looks up each atom that it receives, and [] for a missing one.
request(Request, Upload) ->
    {
        Method,
        Scheme,
        ScriptName,
        PathInfo,
        QueryString,
        Headers,
        ContentType,
        ContentLength,
        ServerName,
        ServerPort,
        Protocol,
        RemoteAddr,
        RemoteUser,
        AuthType,
        Software
    } = Request,
    Spec = {ewgi_spec, read_input(Upload), fun write_error/1, string(Scheme), {1, 1}, gb_trees:empty()},
    {ewgi_request,
        string(AuthType),
        case ContentLength of [] -> undefined; _ -> ContentLength end,
        string(ContentType),
        Spec,
        "EWGI/1.1",
        http_headers(Headers),
        string(PathInfo),
        undefined,
        string(QueryString),
        string(RemoteAddr),
        undefined,
        undefined,
        string(RemoteUser),
        undefined,
        method(Method),
        string(ScriptName),
        string(ServerName),
        integer_to_list(ServerPort),
        string(Protocol),
        string(Software)}.

string([]) -> undefined;
string(Text) -> binary_to_list(Text).

method(<<"OPTIONS">>) -> 'OPTIONS';
method(<<"GET">>) -> 'GET';
method(<<"HEAD">>) -> 'HEAD';
method(<<"POST">>) -> 'POST';
method(<<"PUT">>) -> 'PUT';
method(<<"DELETE">>) -> 'DELETE';
method(<<"TRACE">>) -> 'TRACE';
method(<<"CONNECT">>) -> 'CONNECT';
method(Other) -> binary_to_list(Other).

http_headers(Headers) ->
    lists:foldl(
        fun header/2,
        {ewgi_http_headers, undefined, undefined, undefined, undefined, undefined, undefined, gb_trees:empty()},
        Headers
    ).

header({Name, Value}, Headers) ->
    case pier_mount:lower(Name) of
        <<"accept">> -> joined(2, ", ", Value, Headers);
        <<"cookie">> -> joined(3, "; ", Value, Headers);
        <<"host">> -> joined(4, ", ", Value, Headers);
        <<"if-modified-since">> -> joined(5, ", ", Value, Headers);
        <<"user-agent">> -> joined(6, ", ", Value, Headers);
        <<"x-http-method-override">> -> joined(7, ", ", Value, Headers);
        Other -> setelement(8, Headers, other(binary_to_list(Other), {string(Name), string(Value)}, element(8, Headers)))
    end.

%% The values of a header, joined as HTTP joins them. SPEC: RFC 9110, section 5.3; RFC 9113, section 8.2.3 for cookies.
joined(Index, Separator, Value, Headers) ->
    case element(Index, Headers) of
        undefined -> setelement(Index, Headers, string(Value));
        Before -> setelement(Index, Headers, Before ++ Separator ++ string(Value))
    end.

other(Key, Pair, Tree) ->
    case gb_trees:lookup(Key, Tree) of
        {value, Pairs} -> gb_trees:update(Key, Pairs ++ [Pair], Tree);
        none -> gb_trees:insert(Key, [Pair], Tree)
    end.

%% The fun with which the application reads the body.
read_input(Upload) ->
    fun
        (Callback, {Length, Chunk}) when is_integer(Length), is_integer(Chunk), Chunk > 0 ->
            read_input(Upload, Callback, Length, Chunk);
        (Callback, Length) when is_integer(Length) ->
            read_input(Upload, Callback, Length, 61440)
    end.

%% Gives parts of Chunk bytes to the callback, the last one aside, and at most Length bytes together.
read_input(_, Callback, Length, _) when Length =< 0 ->
    Callback(eof);
read_input(Upload, Callback, Length, Chunk) ->
    case take(Upload, min(Length, Chunk)) of
        <<>> -> Callback(eof);
        Part -> read_input(Upload, Callback({data, Part}), Length - byte_size(Part), Chunk)
    end.

%% So many bytes of the body, or fewer at its end.
take(Upload, Size) ->
    Kept =
        case erase({pier_ewgi, rest}) of
            undefined -> <<>>;
            Rest -> Rest
        end,
    take(Upload, Size, [Kept], byte_size(Kept)).

take(Upload, Size, Parts, Have) when Have < Size, Upload =/= undefined ->
    case pier_stream:read(Upload) of
        {ok, Bytes} -> take(Upload, Size, [Bytes | Parts], Have + byte_size(Bytes));
        eof -> taken(Size, Parts);
        {error, Reason} -> exit(Reason)
    end;
take(_, Size, Parts, _) ->
    taken(Size, Parts).

taken(Size, Parts) ->
    case iolist_to_binary(lists:reverse(Parts)) of
        <<Part:Size/binary, Rest/binary>> when byte_size(Rest) > 0 ->
            put({pier_ewgi, rest}, Rest),
            Part;
        Part ->
            Part
    end.

write_error(Text) ->
    try
        error_logger:error_msg("~ts~n", [unicode:characters_to_list(iolist_to_binary(Text))])
    catch
        error:_ -> error_logger:error_msg("~tp~n", [Text])
    end.
