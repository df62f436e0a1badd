%% The side of the tests' control channel that runs in the Erlang node: it connects back to the JVM that started the
%% node, runs what it is told, and ends the node when the JVM's end of the connection closes.
%%
%% Every request runs in a process of its own, so that a request that waits delays no other one.
-module(pier_test_control).
-export([start/0]).

-define(PORT, "PIER_TEST_CONTROL_PORT").
-define(TOKEN, "PIER_TEST_CONTROL_TOKEN").
-define(FOLDER, "PIER_TEST_CONTROL_FOLDER").

start() ->
    Port = list_to_integer(os:getenv(?PORT)),
    Token = list_to_binary(os:getenv(?TOKEN)),
    Folder = os:getenv(?FOLDER),
    [os:unsetenv(Name) || Name <- [?PORT, ?TOKEN, ?FOLDER]],
    ok = io:setopts(user, [{encoding, unicode}]),
    spawn(fun() -> serve(Port, Token, Folder) end),
    ok.

serve(Port, Token, Folder) ->
    process_flag(priority, high),
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {packet, 4}, {nodelay, true}]),
    Pid = list_to_binary(os:getpid()),
    Release = list_to_binary(erlang:system_info(otp_release)),
    ok = gen_tcp:send(Socket, [Token, $\s, Pid, $\s, Release]),
    loop(Socket, Folder, #{}).

loop(Socket, Folder, Running) ->
    receive
        {tcp, Socket, <<Id:64, What, Payload/binary>>} ->
            {_, Monitor} = spawn_monitor(fun() -> exit({done, run(What, Payload, Folder)}) end),
            loop(Socket, Folder, Running#{Monitor => Id});
        {'DOWN', Monitor, process, _, Reason} when is_map_key(Monitor, Running) ->
            {Id, Rest} = maps:take(Monitor, Running),
            ok = gen_tcp:send(Socket, [<<Id:64>> | reply(Reason)]),
            loop(Socket, Folder, Rest);
        {tcp_closed, Socket} ->
            erlang:halt(0, [{flush, false}])
    end.

reply({done, {ok, Bytes}}) -> [$o, Bytes];
reply({done, {failed, Text}}) -> [$f, Text];
reply(Signal) -> [$f, text("the evaluating process was ended from outside: ~tp", [Signal])].

run(What, Payload, Folder) ->
    try
        {ok, run1(What, Payload, Folder)}
    catch
        Class:Reason:Stack ->
            {failed, text("~ts: ~tp~nstack: ~tp", [Class, Reason, own(Stack)])}
    end.

run1($e, Expressions, _) ->
    text("~0tp", [evaluate(Expressions, erl_eval:new_bindings())]);
run1($b, <<Size:32, Input:Size/binary, Expressions/binary>>, _) ->
    case evaluate(Expressions, erl_eval:add_binding('Input', Input, erl_eval:new_bindings())) of
        Output when is_binary(Output) -> Output;
        Other -> error({not_a_binary, Other})
    end;
run1($c, Source, Folder) ->
    {match, [Name]} = re:run(Source, <<"(?m)^-module\\('?(\\w+)'?\\)">>, [{capture, all_but_first, list}]),
    File = filename:join(Folder, Name ++ ".erl"),
    ok = file:write_file(File, Source),
    case compile:file(File, [{outdir, Folder}, return_errors, debug_info, nowarn_export_all]) of
        {ok, Module} ->
            _ = code:purge(Module),
            {module, Module} = code:load_file(Module),
            atom_to_binary(Module);
        {error, Errors, _} ->
            error({does_not_compile, [lists:flatten(io_lib:format("line ~p: ~ts", [Where, M:format_error(What)]))
                                      || {_, Found} <- Errors, {Where, M, What} <- Found]})
    end.

evaluate(Text, Bindings) ->
    case erl_scan:string(unicode:characters_to_list([Text, " ."])) of
        {ok, Tokens, _} ->
            case erl_parse:parse_exprs(Tokens) of
                {ok, Expressions} ->
                    {value, Value, _} = erl_eval:exprs(Expressions, Bindings),
                    Value;
                {error, {_, Module, What}} ->
                    error({does_not_parse, lists:flatten(Module:format_error(What))})
            end;
        {error, {_, Module, What}, _} ->
            error({does_not_scan, lists:flatten(Module:format_error(What))})
    end.

%% The frames below the evaluation are the same for all, and say nothing.
own(Stack) ->
    lists:takewhile(fun(Frame) -> element(1, Frame) =/= ?MODULE end, Stack).

text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
