%% An EWGI application with one path for each thing that an application may do. Written from EWGI 1.1.
-module(ewgi_suite).
-export([handle/1]).

-record(ewgi_spec, {read_input, write_error, url_scheme, version, data}).
-record(ewgi_http_headers, {
    http_accept, http_cookie, http_host, http_if_modified_since, http_user_agent, http_x_http_method_override, other
}).
-record(ewgi_request, {
    auth_type, content_length, content_type, ewgi, gateway_interface, http_headers, path_info, path_translated,
    query_string, remote_addr, remote_host, remote_ident, remote_user, remote_user_data, request_method, script_name,
    server_name, server_port, server_protocol, server_software
}).
-record(ewgi_response, {status = {200, "OK"}, headers = [], message_body, err}).
-record(ewgi_context, {request, response}).

handle(#ewgi_context{request = Request, response = Empty} = Context) ->
    #ewgi_response{status = {200, "OK"}, headers = [], message_body = undefined, err = undefined} = Empty,
    Response = answer(string:tokens(Request#ewgi_request.path_info, "/"), Request),
    Context#ewgi_context{response = Response}.

text(Body) -> text(200, Body).
text(Code, Body) ->
    #ewgi_response{status = {Code, "Reason"}, headers = [{"Content-Type", "text/plain"}], message_body = Body}.

stream(Fun) -> text(Fun).

answer(["request" | _], R) ->
    #ewgi_request{ewgi = Spec, http_headers = H} = R,
    Facts = [
        {method, R#ewgi_request.request_method}, {script_name, R#ewgi_request.script_name},
        {path_info, R#ewgi_request.path_info}, {query, R#ewgi_request.query_string},
        {protocol, R#ewgi_request.server_protocol}, {port, R#ewgi_request.server_port},
        {name, R#ewgi_request.server_name}, {addr, R#ewgi_request.remote_addr},
        {interface, R#ewgi_request.gateway_interface}, {length, R#ewgi_request.content_length},
        {type, R#ewgi_request.content_type}, {software, R#ewgi_request.server_software},
        {translated, R#ewgi_request.path_translated}, {user, R#ewgi_request.remote_user},
        {scheme, Spec#ewgi_spec.url_scheme}, {version, Spec#ewgi_spec.version},
        {data, gb_trees:is_empty(Spec#ewgi_spec.data)}, {accept, H#ewgi_http_headers.http_accept},
        {cookie, H#ewgi_http_headers.http_cookie}, {agent, H#ewgi_http_headers.http_user_agent},
        {fields, tuple_size(R)}, {other, gb_trees:to_list(H#ewgi_http_headers.other)}
    ],
    text([io_lib:format("~p: ~w~n", [K, V]) || {K, V} <- Facts]);
answer(["sha"], R) ->
    #ewgi_request{ewgi = #ewgi_spec{read_input = Read}, query_string = Query} = R,
    Length = 1 bsl 60,
    {Size, Hash} =
        case Query of
            [] -> Read(hashing(0, crypto:hash_init(sha256)), Length);
            Chunk -> Read(chunks(list_to_integer(Chunk), 0, crypto:hash_init(sha256)), {Length, list_to_integer(Chunk)})
        end,
    text(io_lib:format("~b ~s", [Size, binary:encode_hex(Hash)]));
answer(["twice"], #ewgi_request{ewgi = #ewgi_spec{read_input = Read}}) ->
    [A, B, C] = [Read(collect([]), Size) || Size <- [3, {4, 3}, 100]],
    text([A, $|, B, $|, C]);
answer(["ignore"], _) ->
    text("not read");
answer(["download"], #ewgi_request{query_string = Query}) ->
    [Name, Blocks] = string:tokens(Query, ","),
    register(list_to_atom(Name), self()),
    stream(blocks(0, list_to_integer(Blocks)));
answer(["whole"], #ewgi_request{query_string = Query}) ->
    text([block(I) || I <- lists:seq(0, list_to_integer(Query) - 1)]);
answer(["bytes"], _) ->
    stream(fun() -> {$a, fun() -> {"", fun() -> {[$b | <<"c">>], fun() -> {200, fun() -> {} end} end} end} end} end);
answer(["words"], _) ->
    stream(fun() -> {<<"one ">>, fun() -> wait(go), {<<"two">>, fun() -> {} end} end} end);
answer(["silent", Name], _) ->
    stream(fun() -> {<<"begun">>, fun() -> note(Name), receive never -> ok end end} end);
answer(["waiting", Name], _) ->
    note(Name),
    receive never -> ok end;
answer(["file", Name], _) ->
    {ok, File} = file:open(Name, [read, raw, binary]),
    stream(fun() -> read_file(File) end);
answer(["push", Count], _) ->
    Pid = spawn(fun() -> pusher(list_to_integer(Count)) end),
    #ewgi_response{message_body = {push_stream, Pid, 5000}};
answer(["mute"], _) ->
    Pid = spawn(fun() -> note("mute"), receive never -> ok end end),
    #ewgi_response{message_body = {push_stream, Pid, 50}};
answer(["pushing", Name], _) ->
    Pid = spawn(fun() ->
        {_, Connection} = begun(200, chunked),
        note(Name),
        pier_ewgi:stream_process_deliver_chunk(Connection, <<"begun">>),
        receive never -> ok end
    end),
    #ewgi_response{message_body = {push_stream, Pid, 5000}};
answer(["push_crash"], _) ->
    pushed_until(fun() -> exit(pushed_too_far) end);
answer(["push_leaves"], _) ->
    pushed_until(fun() -> ok end);
answer(["websocket"], _) ->
    #ewgi_response{message_body = {websocket, self()}};
answer(["status", Code], _) ->
    #ewgi_response{status = {list_to_integer(Code), "Whatever"}, headers = [{"X-A", "b"}], message_body = <<"body">>};
answer(["bodyless", Code], _) ->
    #ewgi_response{status = {list_to_integer(Code), "Whatever"}, headers = [{"Content-Length", 7}], message_body = fun() -> error(called) end};
answer(["headers"], _) ->
    #ewgi_response{
        headers = [
            {"Set-Cookie", "a=1"}, {"X-NUMBER", 42}, {<<"x-binary">>, <<"b", 228>>}, {"Set-Cookie", ["b=", $2]},
            {"Content-Type", "TEXT/html; Charset=ISO-8859-1"}, {"x-repeated", "1"}, {"X-Repeated", "2"}
        ],
        message_body = "x"
    };
answer(["type"], #ewgi_request{query_string = Type}) ->
    #ewgi_response{headers = [{"Content-Type", http_uri_decode(Type)}], message_body = "x"};
answer(["bad", "clause"], Request) ->
    answer(no_such_clause, Request);
answer(["bad", What], _) ->
    bad(What);
answer(["log"], #ewgi_request{ewgi = #ewgi_spec{write_error = Write}}) ->
    Write(["written ", <<"by the application">>]),
    text("logged").

http_uri_decode(Text) -> binary_to_list(iolist_to_binary(string:replace(Text, "+", " ", all))).

bad("hop") -> #ewgi_response{headers = [{"Connection", "close"}], message_body = "x"};
bad("chunked") -> #ewgi_response{headers = [{"transfer-encoding", "chunked"}], message_body = "x"};
bad("value") -> #ewgi_response{headers = [{"X-A", "b\r\nSet-Cookie: c=d"}], message_body = "x"};
bad("name") -> #ewgi_response{headers = [{"X A", "b"}], message_body = "x"};
bad("status") -> #ewgi_response{status = {101, "Upgrade"}};
bad("context") -> nonsense;
bad("crash") -> error(crashed);
bad("later") -> stream(fun() -> {<<"begun">>, fun() -> wait(go), error(crashed) end} end);
bad("short") -> #ewgi_response{headers = [{"Content-Length", 10}], message_body = "short"};
bad("long") -> #ewgi_response{headers = [{"Content-Length", 2}], message_body = "long"};
bad("short_stream") ->
    #ewgi_response{headers = [{"Content-Length", 10}], message_body = fun() -> {"begun", fun() -> wait(go), {} end} end};
bad("long_stream") ->
    #ewgi_response{headers = [{"Content-Length", 6}], message_body = fun() -> {"begun", fun() -> wait(go), {"more", fun() -> {} end} end} end}.

wait(Name) ->
    register(Name, self()),
    receive continue -> unregister(Name) end.

%% Remembers why this process ends.
note(Name) ->
    Self = self(),
    spawn(fun() ->
        Ref = monitor(process, Self),
        Self ! noting,
        receive {'DOWN', Ref, _, _, Reason} -> persistent_term:put({ended, Name}, Reason) end
    end),
    receive noting -> persistent_term:put({begun, Name}, true) end.

hashing(Size, Context) ->
    fun
        ({data, <<_, _/binary>> = Bytes}) -> hashing(Size + byte_size(Bytes), crypto:hash_update(Context, Bytes));
        (eof) -> {Size, crypto:hash_final(Context)}
    end.

%% Each chunk but the last has the size that was asked for.
chunks(Chunk, Size, Context) ->
    fun
        ({data, Bytes}) when byte_size(Bytes) =:= Chunk ->
            chunks(Chunk, Size + Chunk, crypto:hash_update(Context, Bytes));
        ({data, Bytes}) when byte_size(Bytes) < Chunk ->
            chunks(0, Size + byte_size(Bytes), crypto:hash_update(Context, Bytes));
        (eof) ->
            {Size, crypto:hash_final(Context)}
    end.

collect(Parts) ->
    fun
        ({data, Bytes}) -> collect([Parts, $<, Bytes, $>]);
        (eof) -> Parts
    end.

block(I) -> binary:copy(<<(I rem 251)>>, 65536).

blocks(I, I) -> fun() -> {} end;
blocks(I, Count) -> fun() -> put(blocks, I), {block(I), blocks(I + 1, Count)} end.

read_file(File) ->
    case file:read(File, 10000) of
        {ok, Bytes} -> {Bytes, fun() -> read_file(File) end};
        eof -> {}
    end.

begun(Code, Transfer) ->
    receive
        {push_stream_init, Module, Server, Connection} ->
            Server ! {push_stream_init, self(), Code, [{"Content-Type", "text/x-pushed"}], Transfer},
            receive
                {Answer, Server} -> {{Answer, Module, Server}, Connection}
            end
    end.

%% Pushes a part, and ends without the end of the stream.
pushed_until(End) ->
    Pid = spawn(fun() ->
        {_, Connection} = begun(200, chunked),
        pier_ewgi:stream_process_deliver_chunk(Connection, <<"begun">>),
        wait(go),
        End()
    end),
    #ewgi_response{message_body = {push_stream, Pid, 5000}}.

pusher(Count) ->
    {{ok, Module, Server}, Connection} = begun(200, chunked),
    [ok = Module:stream_process_deliver_chunk(Connection, integer_to_list(I) ++ " ") || I <- lists:seq(1, Count)],
    ok = Module:stream_process_deliver_final_chunk(Connection, <<"end">>),
    Module:stream_process_end(Connection, Server).
