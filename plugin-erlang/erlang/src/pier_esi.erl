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
                pier_stream:last({refused, Code, Text}, Emit)
        end
    end),
    ok.

drop_slash([$/ | Rest]) -> Rest;
drop_slash(Target) -> Target.

%% Module:Function?Input, Module/Function/Input and so on. No text of a client becomes an atom.
callback(Method, Target, Modules) ->
    case split_at(Target, ":/", []) of
        {ModuleName, _, Rest} ->
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
        none ->
            {refused, 400, <<"The path names no function.">>}
    end.

%% What is before one of the characters, the character, and what follows it. A colon may be percent-encoded.
split_at("%3A" ++ Rest, [$: | _], Before) -> {lists:reverse(Before), $:, Rest};
split_at([C | Rest], Characters, Before) ->
    case lists:member(C, Characters) of
        true -> {lists:reverse(Before), C, Rest};
        false -> split_at(Rest, Characters, [C | Before])
    end;
split_at([], _, _) -> none.

function(<<"POST">>, Rest) ->
    {Rest, none, []};
function(_, Rest) ->
    case split_at(Rest, "?/", []) of
        {Function, $?, Input} -> {Function, Input, [{query_string, Input}]};
        {Function, $/, Input} -> {Function, Input, [{path_info, Input}]};
        none -> {Rest, none, []}
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
    case first(Worker) of
        {Data, End} ->
            {Head, Body} = split(Data),
            {Code, Headers} = headers(Head),
            case Method =:= <<"HEAD">> orelse Code =:= 204 orelse Code =:= 304 of
                true ->
                    exit(Worker, kill),
                    pier_stream:last({head, Code, Headers, stream}, Emit);
                false when End =:= ended, byte_size(Body) =< 32768 ->
                    pier_stream:last({head, Code, Headers, Body}, Emit);
                false ->
                    Emit({head, Code, Headers, stream}),
                    follow(Body, End, Worker, Emit)
            end;
        ended ->
            error(no_response)
    end.

%% The first data, and how it goes on: most callbacks deliver all at once, and end.
first(Worker) ->
    receive
        {esi_data, Data} -> followed(bytes(Data), Worker);
        {ok, Data} -> followed(bytes(Data), Worker);
        {'EXIT', Worker, normal} -> ended;
        {'EXIT', Worker, Reason} -> exit(Reason)
    end.

followed(Data, Worker) ->
    receive
        {'EXIT', Worker, normal} -> {queued([Data]), ended};
        {'EXIT', Worker, Reason} -> {queued([Data]), {failed, Reason}}
    after 1 ->
        {Data, {suspended, suspend(Worker)}}
    end.

queued(Parts) ->
    receive
        {esi_data, Data} -> queued([bytes(Data) | Parts]);
        {ok, Data} -> queued([bytes(Data) | Parts])
    after 0 -> iolist_to_binary(lists:reverse(Parts))
    end.

follow(Body, ended, _, Emit) ->
    pier_mount:parts(Body, Emit);
follow(Body, {failed, Reason}, _, Emit) ->
    pier_mount:parts(Body, Emit),
    exit(Reason);
follow(Body, {suspended, Suspended}, Worker, Emit) ->
    part(Body, Worker, Suspended, Emit),
    rest(Worker, Emit).

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
    pier_mount:parts(queued([]), Emit),
    _ = Suspended andalso resume(Worker),
    ok.

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

trim(<<C, Rest/binary>>) when C =:= $\s; C =:= $\t -> trim(Rest);
trim(Text) -> trim_end(Text, byte_size(Text) - 1).

trim_end(_, -1) -> <<>>;
trim_end(Text, Last) ->
    case binary:at(Text, Last) of
        C when C =:= $\s; C =:= $\t -> trim_end(Text, Last - 1);
        _ -> binary:part(Text, 0, Last + 1)
    end.

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
        {remote_addr, binary_to_list(Address)}
    ] ++ [{connect_addr, binary_to_list(Local)} || #{local_addr := Local} <- [Request]] ++ [
        {peer_cert, undefined},
        {script_name, binary_to_list(<<ScriptName/binary, Target/binary>>)}
    ] ++ http_headers(Headers) ++ Elements ++
        [{remote_user, binary_to_list(User)} || #{remote_user := User} <- [Request]].

%% Kept, because inet:gethostname/0 opens a socket.
host_name() ->
    case persistent_term:get(pier_esi_host_name, none) of
        none ->
            {ok, Name} = inet:gethostname(),
            persistent_term:put(pier_esi_host_name, Name),
            Name;
        Name ->
            Name
    end.

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
