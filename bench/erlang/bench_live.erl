%% Rooms of browsers: each is a process that sends a message of a kilobyte to each of its browsers ten times a second, or
%% never, as its name says. A message has the time at which it was sent, in microseconds.
-module(bench_live).
-export([join/2, room/2, count/1]).

-define(PARTS, 10).
-define(PART_MILLIS, 10).

%% Called by the sockets of Pier.
join(Pid, Name) ->
    Room = case global:whereis_name({?MODULE, Name}) of
        undefined ->
            Self = self(),
            New = spawn(?MODULE, room, [Name, Self]),
            receive {New, Registered} -> Registered end;
        Old -> Old
    end,
    Room ! {joined, Pid},
    {ok, Room}.

%% The number of browsers in a room.
count(Name) ->
    case global:whereis_name({?MODULE, Name}) of
        undefined -> 0;
        Room ->
            Ref = make_ref(),
            Room ! {count, self(), Ref},
            receive {Ref, Count} -> Count end
    end.

room(Name, Starter) ->
    process_flag(trap_exit, true),
    case global:register_name({?MODULE, Name}, self()) of
        yes ->
            Starter ! {self(), self()},
            case Name of
                <<"idle", _/binary>> -> ok;
                _ -> erlang:send_after(?PART_MILLIS, self(), {tick, 0, erlang:monotonic_time(millisecond)})
            end,
            loop(maps:from_keys(lists:seq(0, ?PARTS - 1), []), 0);
        no ->
            Starter ! {self(), global:whereis_name({?MODULE, Name})}
    end.

%% Parts: the browsers that get their messages together.
loop(Parts, Count) ->
    receive
        {joined, Pid} ->
            Part = Count rem ?PARTS,
            loop(maps:update_with(Part, fun(Pids) -> [Pid | Pids] end, Parts), Count + 1);
        {'EXIT', Pid, _} ->
            Left = maps:map(fun(_, Pids) -> lists:delete(Pid, Pids) end, Parts),
            case lists:sum([length(Pids) || Pids <- maps:values(Left)]) of
                0 -> ok; % The room ends with its last browser.
                _ -> loop(Left, Count)
            end;
        {tick, Part, Due} ->
            Pad = binary:copy(<<"x">>, 1000),
            [Pid ! #{t => os:system_time(microsecond), pad => Pad} || Pid <- maps:get(Part, Parts)],
            Next = Due + ?PART_MILLIS,
            erlang:send_after(Next, self(), {tick, (Part + 1) rem ?PARTS, Next}, [{abs, true}]),
            loop(Parts, Count);
        {count, From, Ref} ->
            From ! {Ref, lists:sum([length(Pids) || Pids <- maps:values(Parts)])},
            loop(Parts, Count)
    end.
