%% The page served by Yaws: /own?id=17 calls bench:echo/1 on Yaws' own node, /erpc?id=17 on another node.
-module(bench_yaws).
-export([start/2, page/2]).

start(Port, Backend) ->
    persistent_term:put(?MODULE, Backend),
    Folder = filename:absname("yaws"),
    Root = filename:join(Folder, "www"),
    ok = filelib:ensure_dir(filename:join(Root, "any")),
    Site = [{port, Port}, {listen, {127, 0, 0, 1}}, {servername, "localhost"}, {flags, [{access_log, false}]},
            {appmods, [{"/own", bench_yaws_own}, {"/erpc", bench_yaws_erpc}]}],
    ok = yaws:start_embedded(Root, Site, [{logdir, Folder}, {flags, [{auth_log, false}]}], "bench").

%% Renders the page. The function Echo gets the backend's name and the term.
page(Arg, Echo) ->
    {ok, Id} = yaws_api:queryvar(Arg, "id"),
    {Number, Text} = Echo(persistent_term:get(?MODULE), {list_to_integer(Id), <<"hello, world">>}),
    {content, "application/json", [$[, integer_to_list(Number), $,, $", Text, $", $]]}.
