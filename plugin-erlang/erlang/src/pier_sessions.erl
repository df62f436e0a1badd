%% The HTTP sessions of Pier servers, in a Mnesia table.
%%
%% The table is on the nodes that setup/2 gets, and all Pier servers that are connected to these nodes have the same
%% sessions. A session has a version, which each write increments. A write with another version than the stored one is
%% refused, so that no server overwrites what another one has written.
%%
%% Writes are Mnesia transactions that return when all running nodes have them; reads are of the node that is asked.
%% In a partitioned network, both parts go on, and Mnesia does not merge them afterwards: it reports
%% {inconsistent_database, ...} to mnesia:subscribe(system), and the operator restarts the nodes of one part. With the option
%% majority, a part with at most half of the nodes refuses everything instead, and goes on refusing when the network is whole
%% again, until Mnesia has been restarted there.
%%
%% A process of the application pier removes expired sessions.
-module(pier_sessions).

-behaviour(gen_server).

-export([setup/2, find/3, save/7, touch/3, delete/2, count/0]).
-export([start_link/0, sweep/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(TABLE, pier_sessions).
-define(SWEEP_INTERVAL, 60000).
-define(BATCH, 500).

-record(pier_session, {
    %% {ContextPath, Hash}, both binaries; the hash is that of the id that the client sends.
    key,
    version,
    created,
    accessed,
    max_inactive,
    %% In milliseconds since the epoch; 0 for a session that never expires.
    expiry,
    %% The serialised value of each attribute: #{binary() => binary()}.
    attributes
}).

%% Creates the table on the given nodes, or adds it to those that do not have it yet. Mnesia must run on all of them.
%% Calling it again, at each start of each node, is right.
%%
%% Options: copies => ram | disc; ram by default. disc needs a Mnesia schema on disc.
%% majority => boolean(); false by default. Takes effect when the table is created.
-spec setup([node()], #{copies => ram | disc, majority => boolean()}) -> ok | {error, term()}.
setup(Nodes, Options) ->
    Copies =
        case maps:get(copies, Options, ram) of
            ram -> ram_copies;
            disc -> disc_copies
        end,
    case mnesia:change_config(extra_db_nodes, Nodes -- [node()]) of
        {ok, _} -> create(Nodes, Copies, maps:get(majority, Options, false));
        {error, _} = Error -> Error
    end.

create(Nodes, Copies, Majority) ->
    Definition = [
        {record_name, pier_session},
        {attributes, record_info(fields, pier_session)},
        {user_properties, [{majority, Majority}]},
        {Copies, Nodes}
    ],
    case mnesia:create_table(?TABLE, Definition) of
        {atomic, ok} -> loaded();
        {aborted, {already_exists, ?TABLE}} -> add_copies(Nodes, Copies);
        {aborted, Reason} -> {error, Reason}
    end.

add_copies(Nodes, Copies) ->
    case loaded() of
        ok ->
            Has = [N || Type <- [ram_copies, disc_copies], N <- mnesia:table_info(?TABLE, Type)],
            add_each(Nodes -- Has, Copies);
        Error ->
            Error
    end.

add_each([], _) ->
    ok;
add_each([Node | Nodes], Copies) ->
    case mnesia:add_table_copy(?TABLE, Node, Copies) of
        {atomic, ok} -> add_each(Nodes, Copies);
        {aborted, {already_exists, ?TABLE, Node}} -> add_each(Nodes, Copies);
        {aborted, Reason} -> {error, Reason}
    end.

loaded() ->
    case mnesia:wait_for_tables([?TABLE], 30000) of
        ok -> ok;
        {timeout, _} -> {error, timeout};
        {error, _} = Error -> Error
    end.

%% Looks up a session, for a server that has the version Known; -1 if it has none.
-spec find(binary(), binary(), integer()) -> none | {unchanged, integer()} | {session, tuple()}.
find(ContextPath, Hash, Known) ->
    has_majority() orelse error({aborted, no_majority}),
    case mnesia:dirty_read(?TABLE, {ContextPath, Hash}) of
        [] -> none;
        [#pier_session{version = Known, expiry = Expiry}] -> {unchanged, Expiry};
        [Session] -> {session, outside(Session)}
    end.

%% Whether this node and those that it writes to are more than half of the nodes with the table, or need not be.
%%
%% Not by Mnesia's own option majority. SEEN: OTP 25: with it, counts were repeated after a partition. Reads pass, and a
%% commit seems not to wait until all nodes have the write, not even that of sync_transaction.
has_majority() ->
    case mnesia:table_info(?TABLE, user_properties) of
        [{majority, true}] ->
            Copies = mnesia:table_info(?TABLE, ram_copies) ++ mnesia:table_info(?TABLE, disc_copies),
            2 * length(mnesia:table_info(?TABLE, where_to_write)) > length(Copies);
        _ ->
            true
    end.

outside(#pier_session{} = S) ->
    {S#pier_session.version, S#pier_session.created, S#pier_session.accessed, S#pier_session.max_inactive,
        S#pier_session.expiry, S#pier_session.attributes}.

%% Writes a session, if the stored one has the version Based; 0 for a session that is not stored yet. Max is the number of
%% sessions that the table may have.
-spec save(binary(), binary(), integer(), tuple(), integer(), #{binary() => binary()}, pos_integer()) ->
    {stored, pos_integer()} | {conflict, tuple()} | gone | full.
save(ContextPath, Hash, Based, {Created, Accessed, MaxInactive}, Expiry, Attributes, Max) ->
    Key = {ContextPath, Hash},
    transaction(fun() ->
        case mnesia:read(?TABLE, Key, write) of
            [] when Based > 0 ->
                gone;
            [#pier_session{version = Other} = Session] when Other =/= Based ->
                {conflict, outside(Session)};
            Before ->
                case Before =:= [] andalso mnesia:table_info(?TABLE, size) >= Max of
                    true ->
                        full;
                    false ->
                        Session = #pier_session{
                            key = Key,
                            version = Based + 1,
                            created = Created,
                            accessed = Accessed,
                            max_inactive = MaxInactive,
                            expiry = Expiry,
                            attributes = Attributes
                        },
                        ok = mnesia:write(?TABLE, Session, write),
                        {stored, Based + 1}
                end
        end
    end).

%% Extends the life of a session. A session that is gone stays gone.
-spec touch(binary(), binary(), integer()) -> ok.
touch(ContextPath, Hash, Expiry) ->
    transaction(fun() ->
        case mnesia:read(?TABLE, {ContextPath, Hash}, write) of
            [#pier_session{expiry = Before} = Session] when Expiry =:= 0; Expiry > Before, Before > 0 ->
                mnesia:write(?TABLE, Session#pier_session{expiry = Expiry}, write);
            _ ->
                ok
        end
    end).

-spec delete(binary(), binary()) -> ok.
delete(ContextPath, Hash) ->
    transaction(fun() -> mnesia:delete(?TABLE, {ContextPath, Hash}, write) end).

%% The number of sessions in the table.
-spec count() -> non_neg_integer().
count() ->
    mnesia:table_info(?TABLE, size).

%% A node that loses the others during the transaction commits without them: hence the second look.
transaction(Fun) ->
    case has_majority() andalso mnesia:sync_transaction(Fun) of
        {atomic, Result} ->
            has_majority() orelse error({aborted, no_majority}),
            Result;
        {aborted, Reason} ->
            error({aborted, Reason});
        false ->
            error({aborted, no_majority})
    end.

%% The process that removes expired sessions, in batches. One node does it: the first that has the table and runs.

start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

init([]) ->
    schedule(),
    {ok, nothing}.

handle_call(_, _, State) ->
    {reply, {error, unknown_request}, State}.

handle_cast(_, State) ->
    {noreply, State}.

handle_info(sweep, State) ->
    sweeps_here() andalso sweep(erlang:system_time(millisecond)),
    schedule(),
    {noreply, State};
handle_info(_, State) ->
    {noreply, State}.

schedule() ->
    erlang:send_after(?SWEEP_INTERVAL, self(), sweep).

sweeps_here() ->
    try mnesia:table_info(?TABLE, where_to_write) of
        Nodes -> Nodes =/= [] andalso lists:min(Nodes) =:= node()
    catch
        exit:{aborted, _} -> false
    end.

%% Removes the sessions that have expired at the time Now, in milliseconds since the epoch. Returns their number.
sweep(Now) ->
    Expired = [
        {
            #pier_session{key = '$1', expiry = '$2', _ = '_'},
            [{'>', '$2', 0}, {'=<', '$2', Now}],
            ['$1']
        }
    ],
    sweep(mnesia:activity(async_dirty, fun() -> mnesia:select(?TABLE, Expired, ?BATCH, read) end), Now, 0).

sweep('$end_of_table', _, Removed) ->
    Removed;
sweep({Keys, Continuation}, Now, Removed) ->
    Count = transaction(fun() -> length([ok || Key <- Keys, remove(Key, Now)]) end),
    Next = mnesia:activity(async_dirty, fun() -> mnesia:select(Continuation) end),
    sweep(Next, Now, Removed + Count).

%% A request may have extended the session's life in the meantime.
remove(Key, Now) ->
    case mnesia:read(?TABLE, Key, write) of
        [#pier_session{expiry = Expiry}] when Expiry > 0, Expiry =< Now ->
            ok = mnesia:delete(?TABLE, Key, write),
            true;
        _ ->
            false
    end.
