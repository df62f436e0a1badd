%% Does what the bench asks for: lines on standard input, each a function of this module and its arguments. Each is
%% answered with a line.
-module(bench_control).
-export([start/0]).
-export([ready/0, calls/4]).

start() ->
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

%% Calls bench:echo/1 on a node, by erpc or rpc, from that many processes for that long.
calls(By, Node, Callers, Millis) ->
    Module = case By of "erpc" -> erpc; "rpc" -> rpc end,
    Peer = list_to_atom(Node),
    drive(Callers, Millis, fun(Number) ->
        Sent = {Number, <<"hello, world">>},
        Sent = Module:call(Peer, bench, echo, [Sent])
    end).

%% As Drive.java does.
drive(Callers, Millis, Work) ->
    Begun = erlang:monotonic_time(),
    End = Begun + erlang:convert_time_unit(list_to_integer(Millis), millisecond, native),
    Processes = [spawn_monitor(fun() -> exit({done, work(Work, 1, End)}) end)
                 || _ <- lists:seq(1, list_to_integer(Callers))],
    Ended = [receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end || {Pid, Monitor} <- Processes],
    Nanos = erlang:convert_time_unit(erlang:monotonic_time() - Begun, native, nanosecond),
    Operations = lists:sum([Number || {done, Number} <- Ended]),
    Errors = [Reason || Reason <- Ended, element(1, Reason) =/= done],
    io_lib:format("operations=~b nanos=~b errors=~b ~0p", [Operations, Nanos, length(Errors), Errors]).

work(Work, Number, End) ->
    Work(Number),
    case erlang:monotonic_time() < End of
        true -> work(Work, Number + 1, End);
        false -> Number
    end.
