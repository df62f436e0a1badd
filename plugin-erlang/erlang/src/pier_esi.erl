%% Runs mod_esi callbacks for Pier, at a path of the server:
%%
%%     erlang.mounts."/esi" { peer = backend, esi = "my_pages" }
%%
%%     -module(my_pages).
%%     hello(SessionID, Env, Input) ->
%%         mod_esi:deliver(SessionID, "Content-Type: text/plain\r\n\r\n"),
%%         mod_esi:deliver(SessionID, ["Hello ", Input]).
%%
%% Requests name the function as with inets: /esi/my_pages:hello?Joe. SessionID is the pid of the process that Pier has
%% started; the callback runs in a process that is linked with it. mod_esi:deliver/2 does not wait, so this module
%% suspends the callback while the client is slow.
%%
%% OTP: mod_esi.erl, httpd_esi.erl, httpd_script_env.erl. This module has no macros and no includes, so that Pier can
%% send it to a node as source.
-module(pier_esi).

-export([serve/3, version/0]).

%% The version of this module. The rows of a response are those of pier_ewgi.
-spec version() -> 1.
version() -> 1.

%% Runs the callback that the request names, in one of the modules.
-spec serve([module()], map(), term()) -> ok.
serve(Modules, #{target := Target, method := Method} = Request, Upload) ->
    pier_stream:run(fun(Emit) ->
        case callback(Method, drop_slash(binary_to_list(Target)), Modules) of
            {ok, Module, Function, Input, Elements} ->
                Env = env(Request, Elements),
                run(Module, Function, Env, input(Method, Input, Upload), Method, Emit);
            {refused, Code, Text} ->
                Emit({refused, Code, Text})
        end
    end),
    ok.

drop_slash([$/ | Rest]) -> Rest;
drop_slash(Target) -> Target.

%% Module:Function?Input, Module/Function/Input and so on. No text of a client becomes an atom.
callback(Method, Target, Modules) ->
    case re:split(Target, ":|%3A|/", [{parts, 2}, {return, list}]) of
        [ModuleName, Rest] ->
            {FunctionName, Input, Elements} = function(Method, Rest),
            try
                Module = list_to_existing_atom(ModuleName),
                _ = code:ensure_loaded(Module),
                Function = list_to_existing_atom(FunctionName),
                case lists:member(Module, Modules) of
                    false ->
                        {refused, 403, <<"The module may not be called.">>};
                    true ->
                        true = erlang:function_exported(Module, Function, 3),
                        {ok, Module, Function, Input, Elements}
                end
            catch
                error:_ -> {refused, 404, <<"There is nothing at this path.">>}
            end;
        _ ->
            {refused, 400, <<"The path names no function.">>}
    end.

function(<<"POST">>, Rest) ->
    {Rest, none, []};
function(_, Rest) ->
    case re:split(Rest, "[?/]", [{parts, 2}, {return, list}]) of
        [Function, Input] ->
            Kind = case lists:nth(length(Function) + 1, Rest) of $? -> query_string; $/ -> path_info end,
            {Function, Input, [{Kind, Input}]};
        [Function] ->
            {Function, none, []}
    end.

input(<<"POST">>, none, Upload) -> body(Upload);
input(Method, Input, Upload) when Method =:= <<"PUT">>; Method =:= <<"PATCH">> ->
    {case Input of none -> undefined; _ -> Input end, body(Upload)};
input(_, none, _) -> "";
input(_, Input, _) -> Input.

%% The whole body as a string, as inets gives it by default.
body(undefined) -> "";
body(Upload) -> binary_to_list(iolist_to_binary(lists:reverse(body(Upload, [])))).

body(Upload, Parts) ->
    case pier_stream:read(Upload) of
        {ok, Bytes} -> body(Upload, [Bytes | Parts]);
        eof -> Parts;
        {error, Reason} -> exit(Reason)
    end.

run(Module, Function, Env, Input, Method, Emit) ->
    process_flag(trap_exit, true),
    Self = self(),
    Worker = spawn_link(fun() -> call(Module, Function, Self, Env, Input) end),
    case next(Worker) of
        {data, Data, Suspended} ->
            {Head, Body} = split(Data),
            {Code, Headers} = headers(Head),
            Emit({head, Code, Headers, stream}),
            case Method =:= <<"HEAD">> orelse Code =:= 204 orelse Code =:= 304 of
                true ->
                    exit(Worker, kill);
                false ->
                    part(Body, Worker, Suspended, Emit),
                    rest(Worker, Emit)
            end;
        ended ->
            error(no_response)
    end.

%% An exit, unlike an error, is not in the log of the node, and has no arguments: the headers have secrets.
call(Module, Function, Session, Env, Input) ->
    try
        Module:Function(Session, Env, Input)
    catch
        error:Reason:Stack -> exit({Reason, [pier_mount:arity(Frame) || Frame <- Stack]});
        throw:Value -> exit({nocatch, Value})
    end.

%% The next data of the callback, which is suspended then, or its end.
next(Worker) ->
    receive
        {esi_data, Data} -> {data, bytes(Data), suspend(Worker)};
        {ok, Data} -> {data, bytes(Data), suspend(Worker)};
        {'EXIT', Worker, normal} -> ended;
        {'EXIT', Worker, Reason} -> exit(Reason)
    end.

rest(Worker, Emit) ->
    case next(Worker) of
        {data, Data, Suspended} ->
            part(Data, Worker, Suspended, Emit),
            rest(Worker, Emit);
        ended ->
            ok
    end.

%% Sends data, and whatever else has been delivered, and lets the callback go on: it cannot fill the mailbox meanwhile.
part(Data, Worker, Suspended, Emit) ->
    pier_mount:parts(Data, Emit),
    queued(Emit),
    _ = Suspended andalso resume(Worker),
    ok.

queued(Emit) ->
    receive
        {esi_data, Data} ->
            pier_mount:parts(bytes(Data), Emit),
            queued(Emit)
    after 0 -> ok
    end.

suspend(Worker) ->
    try
        erlang:suspend_process(Worker)
    catch
        %% It has ended.
        error:badarg -> false
    end.

resume(Worker) ->
    try
        erlang:resume_process(Worker)
    catch
        error:badarg -> false
    end.

bytes(Data) ->
    try
        iolist_to_binary(Data)
    catch
        %% Characters above 255.
        error:badarg -> <<_/binary>> = unicode:characters_to_binary(Data)
    end.

%% Data without the end of a header part has no headers.
split(Data) ->
    case binary:split(Data, <<"\r\n\r\n">>) of
        [Head, Body] -> {Head, Body};
        [Body] -> {<<>>, Body}
    end.

headers(Head) ->
    Pairs = [Pair || Line <- binary:split(Head, [<<"\r">>, <<"\n">>], [global]), Pair <- pair(Line)],
    {Fields, Status} = lists:partition(fun({Name, _}) -> Name =/= <<"status">> end, Pairs),
    Typed =
        case lists:keymember(<<"content-type">>, 1, Fields) of
            true -> Fields;
            false -> [{<<"content-type">>, <<"text/html">>} | Fields]
        end,
    {code(Status, Fields), Typed}.

code([], Fields) ->
    case lists:keymember(<<"location">>, 1, Fields) of
        true -> 302;
        false -> 200
    end;
code(Status, _) ->
    {_, Value} = lists:last(Status),
    case binary:split(Value, <<" ">>) of
        [Code, _] -> binary_to_integer(Code);
        _ -> 200
    end.

pair(Line) ->
    case binary:split(Line, <<":">>) of
        [Name, Value] -> [{pier_mount:lower(trim(Name)), trim(Value)}];
        %% As inets does.
        _ -> []
    end.

trim(Text) -> re:replace(Text, "^[ \t]+|[ \t]+$", "", [global, {return, binary}]).

%% The environment. A header whose name is an atom here already has an entry of its own.
env(Request, Elements) ->
    #{
        headers := Headers,
        method := Method,
        server_name := Name,
        server_port := Port,
        remote_addr := Address,
        script_name := ScriptName,
        target := Target,
        software := Software
    } = Request,
    [
        {server_software, binary_to_list(Software)},
        {server_name, binary_to_list(Name)},
        {host_name, host_name()},
        {gateway_interface, "CGI/1.1"},
        {server_protocol, "HTTP/1.1"},
        {server_port, Port},
        {request_method, binary_to_list(Method)},
        {remote_addr, binary_to_list(Address)},
        {peer_cert, undefined},
        {script_name, binary_to_list(<<ScriptName/binary, Target/binary>>)}
    ] ++ http_headers(Headers) ++ Elements ++
        [{remote_user, binary_to_list(User)} || #{remote_user := User} <- [Request]].

host_name() ->
    {ok, Name} = inet:gethostname(),
    Name.

http_headers(Headers) ->
    Joined = lists:foldl(
        fun({Name, Value}, Seen) ->
            Key = binary_to_list(pier_mount:lower(Name)),
            Text = binary_to_list(Value),
            case lists:keyfind(Key, 1, Seen) of
                {Key, Before} -> lists:keyreplace(Key, 1, Seen, {Key, Before ++ ", " ++ Text});
                false -> [{Key, Text} | Seen]
            end
        end,
        [],
        Headers
    ),
    {Known, Other} = lists:foldl(
        fun({Name, Value} = Header, {Known, Other}) ->
            try
                {[{list_to_existing_atom("http_" ++ underscored(Name)), Value} | Known], Other}
            catch
                error:badarg -> {Known, [Header | Other]}
            end
        end,
        {[], []},
        Joined
    ),
    [{http_other, Other} | Known].

underscored(Name) ->
    [case C of $- -> $_; _ -> C end || C <- Name].
