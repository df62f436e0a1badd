%% The guest book: entries in Mnesia, in memory and on disk, so that they survive a restart of the node.
-module(guestbook).
-export([start/0, add/2, page/2]).

-define(MAX_ENTRIES, 10000).
-define(MAX_PAGE, 50).

-record(guestbook, {id, at, name, text}).

%% Starts Mnesia and creates the table if it does not exist. `erl -mnesia dir '"…"'` sets Mnesia's folder.
start() ->
    _ = mnesia:create_schema([node()]), % Returns an error if the schema already exists.
    ok = mnesia:start(),
    _ = mnesia:create_table(guestbook, [
        {attributes, record_info(fields, guestbook)},
        {type, ordered_set},
        {disc_copies, [node()]}
    ]),
    mnesia:wait_for_tables([guestbook], 30000).

%% Adds an entry and returns once it is on disk.
-spec add(Name :: binary(), Text :: binary()) -> {ok, map()} | {error, full}.
add(Name, Text) when is_binary(Name), byte_size(Name) =< 400, is_binary(Text), byte_size(Text) =< 4000 ->
    Added = mnesia:transaction(fun() ->
        mnesia:lock({table, guestbook}, write),
        Entry = #guestbook{id = next_id(), at = erlang:system_time(millisecond), name = Name, text = Text},
        mnesia:write(Entry),
        Entry
    end),
    case Added of
        {atomic, Entry} ->
            sync(),
            {ok, to_map(Entry)};
        {aborted, full} ->
            {error, full}
    end.

%% A node that keeps Mnesia's tables in memory only has no log.
sync() ->
    case mnesia:system_info(use_dir) of
        true -> ok = mnesia:sync_log();
        false -> ok
    end.

next_id() ->
    case mnesia:last(guestbook) of
        '$end_of_table' -> 1;
        Last when Last < ?MAX_ENTRIES -> Last + 1;
        _ -> mnesia:abort(full)
    end.

%% Returns up to Count entries with ids below Before, newest first, and the total number of entries. If Before is 0, it
%% starts with the newest entry.
-spec page(Before :: non_neg_integer(), Count :: 1..?MAX_PAGE) -> #{total := non_neg_integer(), entries := [map()]}.
page(Before, Count) when is_integer(Before), Before >= 0, is_integer(Count), Count > 0, Count =< ?MAX_PAGE ->
    {atomic, Page} = mnesia:transaction(fun() ->
        First =
            case Before of
                0 -> mnesia:last(guestbook);
                _ -> mnesia:prev(guestbook, Before)
            end,
        #{total => mnesia:table_info(guestbook, size), entries => downwards(First, Count)}
    end),
    Page.

downwards('$end_of_table', _) -> [];
downwards(_, 0) -> [];
downwards(Id, Count) ->
    [Entry] = mnesia:read(guestbook, Id),
    [to_map(Entry) | downwards(mnesia:prev(guestbook, Id), Count - 1)].

to_map(#guestbook{id = Id, at = At, name = Name, text = Text}) ->
    #{id => Id, at => At, name => Name, text => Text}.
