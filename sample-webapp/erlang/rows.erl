%% The producer of the card Stream, and the progress of each reader's stream.
-module(rows).
-behaviour(gen_server).
-export([start/0, make/2, progress/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% How long the progress of an ended stream is kept, in milliseconds.
-define(RETENTION, 60000).

%% Starts the owner of the progress table, which outlives the streams.
start() ->
    gen_server:start({local, ?MODULE}, ?MODULE, [], []).

%% Produces Count rows, no faster than they are read. Runs in the stream's own process, which ends with the stream.
-spec make(pos_integer(), Reader :: binary()) -> ok.
make(Count, Reader) when is_integer(Count), Count > 0 ->
    gen_server:call(?MODULE, {making, self(), Reader}),
    pier_stream:run(fun(Emit) -> make(1, Count, Reader, Emit) end).

make(Id, Count, _, _) when Id > Count ->
    ok;
make(Id, Count, Reader, Emit) ->
    Emit(#{id => Id, name => <<"row ", (integer_to_binary(Id))/binary>>, square => Id * Id}),
    ets:update_element(?MODULE, Reader, {2, Id}),
    make(Id + 1, Count, Reader, Emit).

%% Returns how many rows have been produced for a reader, and the current state of the producer.
-spec progress(Reader :: binary()) -> #{made := non_neg_integer(), process := ended | waiting | running}.
progress(Reader) ->
    case ets:lookup(?MODULE, Reader) of
        [{_, Made, Pid}] -> #{made => Made, process => status(process_info(Pid, status))};
        [] -> #{made => 0, process => ended}
    end.

status(undefined) -> ended;
status({status, waiting}) -> waiting;
status({status, suspended}) -> waiting;
status(_) -> running.

init([]) ->
    {ok, ets:new(?MODULE, [named_table, public, {write_concurrency, true}])}.

handle_call({making, Pid, Reader}, _, Table) ->
    monitor(process, Pid),
    ets:insert(Table, {Reader, 0, Pid}),
    {reply, ok, Table}.

handle_cast(_, Table) ->
    {noreply, Table}.

handle_info({'DOWN', _, process, Pid, _}, Table) ->
    erlang:send_after(?RETENTION, self(), {forget, Pid}),
    {noreply, Table};
handle_info({forget, Pid}, Table) ->
    ets:match_delete(Table, {'_', '_', Pid}),
    {noreply, Table}.
