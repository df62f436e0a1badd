%% An application on the messages of Cowboy's connection, with one path for each thing that an application may do.
-module(cowboy_suite).
-export([handle/1, socket/2, start/0]).
%% A stream handler of the application's own, before that of Cowboy.
-export([init/3, data/4, info/3, terminate/3]).

start() ->
    ranch:listen(suite, 15001, #{}),
    ranch:listen({acceptor, {127, 0, 0, 1}, 15002}, 15002, #{stream_handlers => [cowboy_suite, cowboy_stream_h]}),
    ranch:listen(amqp, 15003, [not_options_of_cowboy]).

handle(#{path := Path} = Req) ->
    handle(binary:split(Path, <<"/">>, [global, trim_all]), Req).

handle([<<"request">> | _], #{headers := Headers} = Req) ->
    Facts = maps:with([method, scheme, host, port, path, qs, version, has_body, body_length, streamid, cert], Req),
    #{pid := Pid, ref := Ref, peer := {Peer, PeerPort}, sock := {Sock, SockPort}} = Req,
    true = is_pid(Pid) andalso node(Pid) =:= node() andalso is_integer(PeerPort) andalso is_integer(SockPort),
    All = lists:sort(maps:to_list(Facts)) ++ [{ref, Ref}, {peer, Peer}, {sock, Sock}] ++ lists:sort(maps:to_list(Headers)),
    reply(200, [io_lib:format("~p: ~0tp~n", [Key, Value]) || {Key, Value} <- All], Req);
handle([<<"sha">>], Req) ->
    {Size, Hash} = sha(0, crypto:hash_init(sha256), Req),
    reply(200, io_lib:format("~b ~s", [Size, binary:encode_hex(Hash)]), Req);
handle([<<"once">>], #{body_length := Length} = Req) ->
    %% One read is all of it.
    Ref = make_ref(),
    send({read_body, self(), Ref, Length, 15000}, Req),
    receive
        {request_body, Ref, fin, Length, Data} -> reply(200, Data, Req)
    end;
handle([<<"ignore">>], Req) ->
    reply(200, "not read", Req);
handle([<<"status">>, Code], Req) ->
    reply(binary_to_integer(Code), "body", Req);
handle([<<"reason">>], Req) ->
    send({response, <<"418 I'm a teapot">>, #{}, <<"tea">>}, Req);
handle([<<"bodyless">>, Code], Req) ->
    send({headers, binary_to_integer(Code), #{<<"content-length">> => <<"7">>}}, Req),
    stream(nofin, <<"1234567">>, Req),
    stream(fin, <<>>, Req),
    persistent_term:put({cowboy_suite, bodyless}, done);
handle([<<"large">>], Req) ->
    reply(200, binary:copy(<<"0123456789">>, 100000), Req);
handle([<<"headers">>], Req) ->
    send({response, 200, #{
        <<"set-cookie">> => [<<"a=1">>, [<<"b">>, <<"=2">>]],
        <<"content-type">> => <<"TEXT/html; Charset=ISO-8859-1">>,
        <<"x-list">> => [<<"x">>, $y],
        <<"connection">> => <<"close">>,
        <<"keep-alive">> => <<"1">>
    }, <<"x">>}, Req);
handle([<<"words">>, Name], Req) ->
    send({headers, 200, #{}}, Req),
    stream(nofin, <<"one ">>, Req),
    register(binary_to_atom(Name), self()),
    receive continue -> ok end,
    stream(nofin, <<"two ">>, Req),
    stream(fin, <<"three">>, Req);
handle([<<"endless">>, Name], Req) ->
    register(binary_to_atom(Name), self()),
    send({headers, 200, #{}}, Req),
    endless(0, Req);
handle([<<"download">>, Name, Count], Req) ->
    register(binary_to_atom(Name), self()),
    send({headers, 200, #{}}, Req),
    blocks(0, binary_to_integer(Count), Req);
handle([<<"whole">>, Count], Req) ->
    reply(200, [block(I) || I <- lists:seq(0, binary_to_integer(Count) - 1)], Req);
handle([<<"flood">>, Name], Req) ->
    register(binary_to_atom(Name), self()),
    send({headers, 200, #{}}, Req),
    flood(binary:copy(<<"f">>, 1000), Req);
handle([<<"silent">>, Name], _) ->
    register(binary_to_atom(Name), self()),
    timer:sleep(infinity);
handle([<<"file">>, Name], #{qs := Query} = Req) ->
    [Offset, Bytes] = [binary_to_integer(N) || N <- binary:split(Query, <<",">>)],
    send({response, 200, #{}, {sendfile, Offset, Bytes, Name}}, Req);
handle([<<"parts">>, Name], Req) ->
    send({headers, 200, #{}}, Req),
    stream(nofin, <<"begin ">>, Req),
    stream(nofin, {sendfile, 10, 5, Name}, Req),
    stream(fin, <<" end">>, Req);
handle([<<"trailers">>], Req) ->
    send({headers, 200, #{<<"trailer">> => <<"x-sum">>}}, Req),
    stream(nofin, <<"body">>, Req),
    send({trailers, #{<<"x-sum">> => <<"42">>}}, Req);
handle([<<"inform">>], Req) ->
    send({inform, 103, #{<<"link">> => <<"</a.css>; rel=preload">>}}, Req),
    reply(200, "informed", Req);
handle([<<"push">>], Req) ->
    send({push, <<"GET">>, <<"http">>, <<"localhost">>, 80, <<"/a.css">>, <<>>, #{}}, Req),
    send({set_options, #{chunked => false}}, Req),
    reply(200, "not pushed", Req);
handle([<<"nothing">>], _) ->
    ok;
handle([<<"later">>], Req) ->
    reply(200, "at once", Req),
    register(later, self()),
    receive continue -> persistent_term:put({cowboy_suite, later}, done) end;
handle([<<"late_crash">>], Req) ->
    reply(200, "fine", Req),
    error(after_the_response);
handle([<<"twice">>], Req) ->
    reply(200, "first", Req),
    reply(200, "second", Req);
handle([<<"bad">>, <<"crash">>], #{headers := _} = Req) ->
    clause(Req);
handle([<<"bad">>, <<"client">>], _) ->
    exit({{request_error, body, 'The body is malformed.'}, []});
handle([<<"bad">>, <<"value">>], Req) ->
    send({response, 200, #{<<"x-bad">> => <<"a\r\nb: c">>}, <<>>}, Req);
handle([<<"bad">>, <<"name">>], Req) ->
    send({response, 200, #{<<"x bad">> => <<"a">>}, <<>>}, Req);
handle([<<"bad">>, <<"data">>], Req) ->
    stream(fin, <<"data">>, Req);
handle([<<"bad">>, <<"length">>], Req) ->
    send({response, 200, #{<<"content-length">> => <<"3">>}, <<"four">>}, Req);
handle([<<"bad">>, <<"status">>], Req) ->
    send({response, 99, #{}, <<>>}, Req);
handle([<<"bad">>, <<"switch">>], Req) ->
    send({switch_protocol, #{}, cowboy_websocket, none}, Req),
    timer:sleep(infinity);
handle([<<"cut">>, What], Req) ->
    Head = case What of
        <<"short">> -> #{<<"content-length">> => <<"100">>};
        <<"long">> -> #{<<"content-length">> => <<"8">>};
        _ -> #{}
    end,
    send({headers, 200, Head}, Req),
    stream(nofin, <<"begun">>, Req),
    register(go, self()),
    receive continue -> ok end,
    case What of
        <<"crash">> -> error(crash);
        <<"head">> -> send({headers, 200, #{}}, Req);
        <<"response">> -> reply(200, "second", Req);
        <<"long">> -> stream(fin, <<"more than that">>, Req);
        <<"short">> -> stream(fin, <<>>, Req)
    end;
handle([<<"socket">> | Rest], #{headers := Headers} = Req) ->
    Protocol = case Headers of
        #{<<"sec-websocket-protocol">> := Offered} -> #{<<"sec-websocket-protocol">> => hd(binary:split(Offered, <<",">>))};
        _ -> #{}
    end,
    Chosen = case Rest of [<<"wrong">>] -> #{<<"sec-websocket-protocol">> => <<"wrong">>}; _ -> Protocol end,
    persistent_term:put({cowboy_suite, handshake}, maps:with([method, version, has_body, headers], Req)),
    send({switch_protocol, Chosen#{<<"set-cookie">> => [<<"seen=1">>]}, cowboy_websocket, Rest}, Req);
handle(_, Req) ->
    reply(404, "unknown", Req).

clause(#{no_such_key := true}) -> ok.

reply(Code, Body, Req) ->
    send({response, Code, #{<<"content-type">> => <<"text/plain">>}, iolist_to_binary(Body)}, Req).

send(Message, #{pid := Pid, streamid := Id}) ->
    Pid ! {{Pid, Id}, Message},
    ok.

stream(IsFin, Data, #{pid := Pid} = Req) ->
    send({data, self(), IsFin, Data}, Req),
    receive {data_ack, Pid} -> ok end.

endless(Count, Req) ->
    put(blocks, Count),
    stream(nofin, binary:copy(<<"e">>, 65536), Req),
    endless(Count + 1, Req).

blocks(Count, Count, Req) ->
    stream(fin, <<>>, Req);
blocks(I, Count, Req) ->
    stream(nofin, block(I), Req),
    put(blocks, I + 1),
    blocks(I + 1, Count, Req).

block(I) -> binary:copy(<<(I rem 251)>>, 65536).

flood(Data, Req) ->
    send({data, self(), nofin, Data}, Req),
    flood(Data, Req).

sha(Size, Hash, #{pid := Pid} = Req) ->
    Ref = make_ref(),
    send({read_body, self(), Ref, 100000, 15000}, Req),
    receive
        {request_body, Ref, nofin, Data} ->
            sha(Size + byte_size(Data), crypto:hash_update(Hash, Data), Req);
        {request_body, Ref, fin, Total, Data} ->
            Total = Size + byte_size(Data),
            {Total, crypto:hash_final(crypto:hash_update(Hash, Data))};
        {'EXIT', Pid, Reason} ->
            exit(Reason)
    end.

%% WebSockets.
socket(init, State) ->
    catch register(socket, self()),
    {reply, [{text, <<"hello">>}], State};
socket({1, <<"close">>}, State) -> {reply, [{close, 4000, <<"bye">>}], State};
socket({1, <<"badclose">>}, State) -> {reply, [{close, 1006, <<>>}], State};
socket({1, <<"latin">>}, State) -> {reply, [{text, <<255>>}], State};
socket({1, <<"ping">>}, State) -> {reply, [{ping, <<"p">>}], State};
socket({1, <<"crash">>}, _) -> error(crash);
socket({1, <<"stop">>}, _) -> exit(normal);
socket({1, <<"fragments">>}, State) ->
    {reply, [{fragment, 0, 1, <<"a">>}, {ping, <<>>}, {fragment, 0, 0, <<"b">>}, {fragment, 1, 0, <<"c">>}], State};
socket({1, <<"sleep">>}, State) ->
    receive continue -> {ok, State} end;
socket({1, <<"endless">>}, State) ->
    put(blocks, 0),
    self() ! more,
    {ok, State};
socket({10, Payload}, State) -> {reply, [{text, <<"pong ", Payload/binary>>}], State};
socket({1, Text}, State) -> {reply, [{text, Text}], State};
socket({2, Bytes}, State) -> {reply, [{binary, Bytes}], State};
socket({info, more}, State) ->
    put(blocks, get(blocks) + 1),
    self() ! more,
    {reply, [{binary, binary:copy(<<"e">>, 32768)}], State};
socket({info, Message}, State) ->
    {reply, [{text, iolist_to_binary(io_lib:format("~0tp", [Message]))}], State}.

%% Adds a header to each response.
init(Id, Req, Options) ->
    {Commands, Next} = cowboy_stream:init(Id, Req, Options),
    {seen(Commands), Next}.

data(Id, IsFin, Data, Next) -> seen_with(cowboy_stream:data(Id, IsFin, Data, Next)).

info(Id, Info, Next) -> seen_with(cowboy_stream:info(Id, Info, Next)).

terminate(Id, Reason, Next) -> cowboy_stream:terminate(Id, Reason, Next).

seen_with({Commands, Next}) -> {seen(Commands), Next}.

seen(Commands) -> [seen_in(Command) || Command <- Commands].

seen_in({response, Code, Headers, Body}) -> {response, Code, Headers#{<<"x-seen">> => <<"yes">>}, Body};
seen_in(Command) -> Command.
