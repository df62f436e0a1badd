%% Executes the bench's commands: each line on standard input has a function of this module and its arguments, and is
%% answered with one line on standard output.
-module(bench_control).
-export([start/0]).
-export([ready/0, calls/4, messages/3, echo/3, web/2, inets/1, prepare/1, forget/0, large/3, browsers/1]).

start() ->
    register(bench_sink, spawn(fun sink/0)),
    register(bench_echo, spawn(fun send_back/0)),
    spawn(fun loop/0).

loop() ->
    case io:get_line("") of
        eof -> halt();
        Line ->
            [Function | Arguments] = string:lexemes(string:trim(Line), " "),
            Answer = apply(?MODULE, list_to_existing_atom(Function), Arguments),
            io:put_chars([Answer, $\n]),
            loop()
    end.

ready() -> "ready".

%% Calls bench:echo/1 on a node by erpc or rpc, from a number of processes, for a time in milliseconds.
calls(By, Node, Callers, Millis) ->
    Module = case By of "erpc" -> erpc; "rpc" -> rpc end,
    Peer = list_to_atom(Node),
    drive(Callers, Millis, fun(Number) ->
        Sent = {Number, <<"hello, world">>},
        Sent = Module:call(Peer, bench, echo, [Sent])
    end).

%% Sends messages to the sink of a node.
messages(Node, Callers, Millis) ->
    Sink = {bench_sink, list_to_atom(Node)},
    drive(Callers, Millis, fun(Number) ->
        Sink ! {self(), Number, <<"hello, world">>},
        %% At most 10,000 messages ahead of the sink, as in Drive.Window.
        Number rem 1000 =:= 0 andalso Number > 10000 andalso begin
            Seen = Number - 10000,
            receive Seen -> ok after 5000 -> exit(lost) end
        end
    end).

%% Sends messages to the echo of a node and receives them back.
echo(Node, Callers, Millis) ->
    Echo = {bench_echo, list_to_atom(Node)},
    drive(Callers, Millis, fun(Number) ->
        Sent = {self(), Number, <<"hello, world">>},
        Echo ! Sent,
        receive Sent -> ok after 5000 -> exit(no_answer) end
    end).

%% The number of browsers in a room; see bench_live.
browsers(Room) ->
    integer_to_list(bench_live:count(list_to_binary(Room))).

%% Serves HTTP with Yaws; see bench_yaws.
web(Port, Backend) ->
    bench_yaws:start(list_to_integer(Port), list_to_atom(Backend)),
    "started".

%% Serves HTTP with inets; see bench_mounted.
inets(Port) ->
    ok = bench_mounted:start(list_to_integer(Port)),
    "started".

%% Counts each sender's messages and sends the count at every thousandth. After a lost message, the count stays.
sink() ->
    receive
        {From, Number, _} ->
            Seen = case Number of 1 -> 0; _ -> get(From) end,
            Number =:= Seen + 1 andalso put(From, Number),
            Number rem 1000 =:= 0 andalso (From ! get(From)),
            sink()
    end.

send_back() ->
    receive
        {From, _, _} = Message ->
            From ! Message,
            send_back()
    end.

%% Creates the large list and returns its encoded size in bytes.
prepare(Bytes) -> integer_to_list(bench_large:prepare(list_to_integer(Bytes))).

forget() -> atom_to_list(bench_large:forget()).

%% Fetches the large list once, in a process whose end frees it. An operation is a megabyte.
large(Node, _Callers, _Millis) ->
    Peer = list_to_atom(Node),
    {Pid, Monitor} = spawn_monitor(fun() ->
        Start = erlang:monotonic_time(),
        Rows = erpc:call(Peer, bench_large, rows, [], infinity),
        Time = erlang:monotonic_time() - Start,
        exit({done, erlang:convert_time_unit(Time, native, nanosecond), erlang:external_size(Rows)})
    end),
    receive
        {'DOWN', Monitor, process, Pid, {done, Nanos, Bytes}} ->
            io_lib:format("operations=~b nanos=~b errors=0", [Bytes div 1000000, Nanos]);
        {'DOWN', Monitor, process, Pid, Reason} ->
            io_lib:format("operations=0 nanos=1 errors=1 ~0p", [Reason])
    end.

%% Runs callers, like Drive.java.
drive(Callers, Millis, Work) ->
    Start = erlang:monotonic_time(),
    End = Start + erlang:convert_time_unit(list_to_integer(Millis), millisecond, native),
    Processes = [spawn_monitor(fun() -> exit({done, work(Work, 1, End)}) end)
                 || _ <- lists:seq(1, list_to_integer(Callers))],
    Ended = [receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end || {Pid, Monitor} <- Processes],
    Nanos = erlang:convert_time_unit(erlang:monotonic_time() - Start, native, nanosecond),
    Operations = lists:sum([Number || {done, Number} <- Ended]),
    Errors = [Reason || Reason <- Ended, element(1, Reason) =/= done],
    io_lib:format("operations=~b nanos=~b errors=~b ~0p", [Operations, Nanos, length(Errors), Errors]).

work(Work, Number, End) ->
    Work(Number),
    case erlang:monotonic_time() < End of
        true -> work(Work, Number + 1, End);
        false -> Number
    end.
