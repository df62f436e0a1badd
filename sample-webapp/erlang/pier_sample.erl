%% The Erlang side of the sample web application.
%%
%% Strangers reach some of these functions through POST /call, so each bounds what it does for one call.
-module(pier_sample).
-export([system/0, rows/2, echo/1, sleep/1, fail/1]).

-define(MAX_ROWS, 5000).
-define(MAX_SLEEP, 60000).

%% The node as it is right now.
-spec system() -> map().
system() ->
    {Uptime, _} = erlang:statistics(wall_clock),
    {Reductions, _} = erlang:statistics(reductions),
    {{input, In}, {output, Out}} = erlang:statistics(io),
    #{
        node => node(),
        otp_release => list_to_binary(erlang:system_info(otp_release)),
        erts_version => list_to_binary(erlang:system_info(version)),
        schedulers => erlang:system_info(schedulers_online),
        uptime_ms => Uptime,
        run_queue => erlang:statistics(run_queue),
        reductions => Reductions,
        processes => #{
            count => erlang:system_info(process_count),
            limit => erlang:system_info(process_limit)
        },
        atoms => #{
            count => erlang:system_info(atom_count),
            limit => erlang:system_info(atom_limit)
        },
        memory => maps:from_list(erlang:memory()),
        io => #{input => In, output => Out}
    }.

%% Rows From, From + 1, … Count of them.
-spec rows(pos_integer(), 0..?MAX_ROWS) -> [#{id := pos_integer(), name := binary(), square := pos_integer()}].
rows(From, Count) when is_integer(From), From > 0, is_integer(Count), Count >= 0, Count =< ?MAX_ROWS ->
    [row(Id) || Id <- lists:seq(From, From + Count - 1)].

row(Id) ->
    #{id => Id, name => <<"row ", (integer_to_binary(Id))/binary>>, square => Id * Id}.

-spec echo(Term) -> Term.
echo(Term) -> Term.

%% Answers late.
-spec sleep(0..?MAX_SLEEP) -> ok.
sleep(Milliseconds) when is_integer(Milliseconds), Milliseconds >= 0, Milliseconds =< ?MAX_SLEEP ->
    timer:sleep(Milliseconds).

%% Fails.
-spec fail(term()) -> no_return().
fail(Reason) -> error({failed, Reason}).
