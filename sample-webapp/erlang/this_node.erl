%% The card Node: figures of this node, and the function that kills it.
-module(this_node).
-export([start/0, figures/0, kill/0]).

%% Starts a process that keeps scheduler_wall_time on: the flag is reset when the process that has set it ends.
start() ->
    register(?MODULE, spawn(fun() ->
        erlang:system_flag(scheduler_wall_time, true),
        receive stop -> ok end
    end)).

%% Returns the node's current figures. Counters start with the node; the caller computes rates from their differences.
-spec figures() -> map().
figures() ->
    {Uptime, _} = erlang:statistics(wall_clock),
    {Reductions, _} = erlang:statistics(reductions),
    {Switches, _} = erlang:statistics(context_switches),
    {MessagesIn, MessagesOut} = messages(),
    #{
        node => node(),
        otp_release => list_to_binary(erlang:system_info(otp_release)),
        erts_version => list_to_binary(erlang:system_info(version)),
        pid => list_to_binary(os:getpid()),
        mortal => is_mortal(),
        uptime_ms => Uptime,
        schedulers => erlang:system_info(schedulers_online),
        scheduler_times => scheduler_times(),
        run_queue => erlang:statistics(run_queue),
        reductions => Reductions,
        context_switches => Switches,
        processes => #{
            count => erlang:system_info(process_count),
            limit => erlang:system_info(process_limit)
        },
        atoms => #{
            count => erlang:system_info(atom_count),
            limit => erlang:system_info(atom_limit)
        },
        memory => maps:from_list(erlang:memory()),
        messages => #{input => MessagesIn, output => MessagesOut}
    }.

%% Returns the active time and the total time of each scheduler.
scheduler_times() ->
    Online = erlang:system_info(schedulers_online),
    case erlang:statistics(scheduler_wall_time) of
        undefined -> [];
        Times -> [[Active, Total] || {Id, Active, Total} <- lists:sort(Times), Id =< Online]
    end.

%% Counts the packets on connections to other nodes. Most packets are one message.
messages() ->
    lists:foldl(
        fun({_, Port}, {In, Out}) ->
            case is_port(Port) andalso inet:getstat(Port, [recv_cnt, send_cnt]) of
                {ok, Counts} -> {In + proplists:get_value(recv_cnt, Counts), Out + proplists:get_value(send_cnt, Counts)};
                _ -> {In, Out}
            end
        end,
        {0, 0},
        erlang:system_info(dist_ctrl)
    ).

%% Whether this node permits kill/0. bin/demo sets the variable, because its script restarts the node.
is_mortal() ->
    os:getenv("PIER_SAMPLE_MORTAL") =:= "true".

%% Ends the node at once, like a power failure: nothing is stopped, nothing is written.
-spec kill() -> no_return().
kill() ->
    case is_mortal() of
        true ->
            os:cmd("kill -KILL " ++ os:getpid()),
            timer:sleep(infinity);
        false ->
            throw(not_allowed)
    end.
