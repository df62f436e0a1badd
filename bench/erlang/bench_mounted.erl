%% One page behind each interface of a mount, and behind inets' own HTTP server: the JSON of bench:echo/1.
-module(bench_mounted).
-export([start/1, ewgi/1, esi/3, call/1]).

%% Starts inets' HTTP server with this module at /esi.
start(Port) ->
    {ok, _} = application:ensure_all_started(inets),
    Folder = filename:absname("inets"),
    ok = filelib:ensure_dir(filename:join(Folder, "any")),
    {ok, _} = inets:start(httpd, [
        {port, Port}, {bind_address, {127, 0, 0, 1}}, {server_name, "localhost"}, {server_root, Folder},
        {document_root, Folder}, {modules, [mod_esi]}, {erl_script_alias, {"/esi", [?MODULE]}},
        {max_clients, 1000}, {keep_alive_timeout, 3600}, {max_keep_alive_request, 1000000000}
    ]),
    ok.

%% A mount with ewgi.
ewgi({ewgi_context, Request, _}) ->
    Headers = [{"Content-Type", "application/json"}],
    {ewgi_context, Request, {ewgi_response, {200, "OK"}, Headers, page(element(10, Request)), undefined}}.

%% A mount with esi, and inets.
esi(Session, _, Query) ->
    mod_esi:deliver(Session, ["Content-Type: application/json\r\n\r\n" | page(Query)]).

%% A mount with call.
call(#{<<"id">> := Id}) ->
    {ok, tuple_to_list(bench:echo({binary_to_integer(Id), <<"hello, world">>}))}.

page("id=" ++ Id) ->
    {Number, Text} = bench:echo({list_to_integer(Id), <<"hello, world">>}),
    [$[, integer_to_list(Number), $,, $", binary_to_list(Text), $", $]].
