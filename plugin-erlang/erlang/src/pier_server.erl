%% Runs a Pier as a child of a supervisor.
%%
%%     supervisor:start_child(Sup, pier_server:child_spec(#{home => "/opt/pier", conf => "etc/server.conf"}))
%%
%% The child is up once Pier answers requests. Pier's log goes to logger, with the metadata
%% application => pier. At shutdown, Pier stops in order: requests in flight are answered. A Pier that ends on its own ends the
%% process with {pier_exit, Status}, and the supervisor starts another one. A node that is killed takes its Pier with it: Pier
%% stops when its standard input closes.
-module(pier_server).

-behaviour(gen_server).

-include_lib("kernel/include/logger.hrl").

-export([child_spec/1, start_link/1, info/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-export_type([options/0]).

%% home           the folder of Pier's archive
%% conf           server.conf; home's by default
%% ready_timeout  how long the start may take, in milliseconds; 60000 by default
%% stop_timeout   how long Pier may take to stop before it is killed, in milliseconds; 45000 by default
%% env            environment variables, such as #{"PIER_JAVA_OPTS" => "-Xmx512m"}
-type options() :: #{
    home := file:filename_all(),
    conf => file:filename_all(),
    ready_timeout => pos_integer(),
    stop_timeout => pos_integer(),
    env => #{unicode:chardata() => unicode:chardata() | false}
}.

-define(READY_TIMEOUT, 60000).
-define(STOP_TIMEOUT, 45000).
-define(POLL_INTERVAL, 50).
%% Of a line, in bytes; a longer one is logged in parts.
-define(MAX_LINE, 16384).
%% No domain: logger's default handler drops all domains but OTP's own.
-define(META, #{application => pier}).

%% ready  the file that Pier writes once it answers, and deletes when it stops
%% level  of the last line with a level; lines without one, such as those of a stack trace, belong to it
-record(state, {
    port :: port() | undefined,
    ready :: file:filename_all(),
    stop_timeout :: pos_integer(),
    level = info :: logger:level(),
    info = #{} :: #{atom() => binary() | pos_integer()}
}).

%% For a supervisor in Erlang or Elixir ({:pier_server, options}). It waits for the stop.
-spec child_spec(options()) -> supervisor:child_spec().
child_spec(Options) ->
    #{
        id => ?MODULE,
        start => {?MODULE, start_link, [Options]},
        shutdown => maps:get(stop_timeout, Options, ?STOP_TIMEOUT) + 5000
    }.

%% Returns once Pier answers, or {error, {pier_exit, Status}} if it ends before, or {error, {ready_timeout, Milliseconds}}.
-spec start_link(options()) -> {ok, pid()} | {error, term()}.
start_link(Options) ->
    gen_server:start_link(?MODULE, Options, []).

%% Pier's own account: its addresses, and its process id.
-spec info(pid()) -> #{url := binary(), admin := binary(), pid := pos_integer(), secure_url => binary()}.
info(Server) ->
    gen_server:call(Server, info).

init(#{home := Home} = Options) ->
    process_flag(trap_exit, true),
    Ready = ready_file(),
    Conf = maps:get(conf, Options, filename:join([Home, "conf", "server.conf"])),
    Port = open_port({spawn_executable, filename:join([Home, "bin", "pier"])}, [
        {args, ["run", "--conf", Conf, "--ready-file", Ready, "--stop-at-eof"]},
        {env, [variable(V) || V <- maps:to_list(maps:get(env, Options, #{}))]},
        {line, ?MAX_LINE},
        binary,
        exit_status,
        stderr_to_stdout,
        hide
    ]),
    State = #state{port = Port, ready = Ready, stop_timeout = maps:get(stop_timeout, Options, ?STOP_TIMEOUT)},
    Timeout = maps:get(ready_timeout, Options, ?READY_TIMEOUT),
    await_ready(State, erlang:monotonic_time(millisecond) + Timeout, Timeout).

%% Its name is not to be guessed: others can write to the folder.
ready_file() ->
    Folder = os:getenv("TMPDIR", "/tmp"),
    Name = integer_to_list(binary:decode_unsigned(rand_bytes()), 36),
    filename:join(Folder, "pier-" ++ os:getpid() ++ "-" ++ Name ++ ".ready").

%% Not from crypto: a release may lack it.
rand_bytes() ->
    erlang:md5(term_to_binary({make_ref(), self(), erlang:unique_integer(), rand:bytes(16)})).

variable({Name, false}) ->
    {characters(Name), false};
variable({Name, Value}) ->
    {characters(Name), characters(Value)}.

characters(Text) ->
    unicode:characters_to_list(Text).

%% Looks for the file every POLL_INTERVAL, however much Pier logs meanwhile.
await_ready(State, Deadline, Timeout) ->
    case file:read_file(State#state.ready) of
        {ok, Text} ->
            {ok, State#state{info = parse(Text)}};
        {error, _} ->
            Now = erlang:monotonic_time(millisecond),
            case Now < Deadline of
                true ->
                    await_ready(State, Now + ?POLL_INTERVAL, Deadline, Timeout);
                false ->
                    _ = stop(State),
                    {stop, {ready_timeout, Timeout}}
            end
    end.

await_ready(#state{port = Port} = State, Look, Deadline, Timeout) ->
    case Look - erlang:monotonic_time(millisecond) of
        Wait when Wait =< 0 ->
            await_ready(State, Deadline, Timeout);
        Wait ->
            receive
                {Port, {data, Data}} ->
                    await_ready(log(Data, State), Look, Deadline, Timeout);
                {Port, {exit_status, Status}} ->
                    {stop, {pier_exit, Status}};
                {'EXIT', Port, Reason} ->
                    {stop, {pier_port, Reason}};
                %% The supervisor has ended.
                {'EXIT', _, Reason} ->
                    _ = stop(State),
                    {stop, Reason}
            after Wait ->
                await_ready(State, Deadline, Timeout)
            end
    end.

%% Pier writes the file in one step: it is whole.
parse(Text) ->
    Lines = binary:split(Text, <<"\n">>, [global, trim_all]),
    maps:from_list(lists:append([entry(binary:split(Line, <<"=">>)) || Line <- Lines])).

entry([<<"url">>, Value]) -> [{url, Value}];
entry([<<"secure-url">>, Value]) -> [{secure_url, Value}];
entry([<<"admin">>, Value]) -> [{admin, Value}];
entry([<<"pid">>, Value]) -> [{pid, binary_to_integer(Value)}];
entry(_) -> [].

handle_call(info, _From, State) ->
    {reply, State#state.info, State};
handle_call(_, _From, State) ->
    {reply, {error, unknown_request}, State}.

handle_cast(_, State) ->
    {noreply, State}.

handle_info({Port, {data, Data}}, #state{port = Port} = State) ->
    {noreply, log(Data, State)};
handle_info({Port, {exit_status, Status}}, #state{port = Port} = State) ->
    {stop, {pier_exit, Status}, State#state{port = undefined}};
handle_info({'EXIT', Port, Reason}, #state{port = Port} = State) ->
    {stop, {pier_port, Reason}, State#state{port = undefined}};
handle_info(_, State) ->
    {noreply, State}.

%% A Pier that was killed has left its file.
terminate(_Reason, #state{port = undefined, ready = Ready}) ->
    _ = file:delete(Ready),
    ok;
terminate(_Reason, State) ->
    stop(State).

%% Closing the port would do as well, but would not wait: a port has no half that can be closed.
stop(#state{port = Port} = State) ->
    signal("TERM", Port),
    Timer = erlang:start_timer(State#state.stop_timeout, self(), stop),
    await_end(State, Timer).

await_end(#state{port = Port} = State, Timer) ->
    receive
        {Port, {data, Data}} ->
            await_end(log(Data, State), Timer);
        {Port, {exit_status, _}} ->
            _ = erlang:cancel_timer(Timer),
            ok;
        {timeout, Timer, stop} ->
            ?LOG_ERROR("Pier does not stop within ~b ms and is killed", [State#state.stop_timeout], ?META),
            signal("KILL", Port),
            _ = file:delete(State#state.ready),
            ok
    end.

%% The process of the port: bin/pier replaces its shell by Java.
signal(Name, Port) ->
    case erlang:port_info(Port, os_pid) of
        {os_pid, Pid} ->
            _ = os:cmd("kill -" ++ Name ++ " " ++ integer_to_list(Pid)),
            ok;
        undefined ->
            ok
    end.

log({_, Line}, State) ->
    Level = level(Line, State#state.level),
    logger:log(Level, "~ts", [text(Line)], ?META),
    State#state{level = Level}.

%% The format is that of conf/logback.xml: the level is the second word, after the time.
level(Line, Last) ->
    case binary:split(Line, <<" ">>) of
        [_, <<"ERROR ", _/binary>>] -> error;
        [_, <<"WARN ", _/binary>>] -> warning;
        [_, <<"INFO ", _/binary>>] -> info;
        [_, <<"DEBUG ", _/binary>>] -> debug;
        [_, <<"TRACE ", _/binary>>] -> debug;
        _ -> Last
    end.

text(Line) ->
    case unicode:characters_to_binary(Line) of
        Text when is_binary(Text) -> Text;
        _ -> unicode:characters_to_binary(Line, latin1)
    end.
