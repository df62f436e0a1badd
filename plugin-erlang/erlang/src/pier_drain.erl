%% Tells the Piers that are connected whether this node takes calls.
%%
%% Each node of Pier has a process that is registered as pier_drain as well. The messages, of version 1:
%%
%%     {pier_drain, 1, Pid, Ref, open | drain}                    to Pier; Pid is this process
%%     {pier_drain, 1, Ref, Pier, open | draining | drained}      from Pier; Pier is its process
%%
%% They go to each hidden node when it connects, when this process starts, and at each change. A Pier answers at once,
%% and once more when none of its calls runs here. Other hidden nodes have no process of this name, and drop them.
-module(pier_drain).

-behaviour(gen_server).

-export([start_link/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% How long a hidden node may take to show that it is a Pier, in milliseconds.
-define(ASKED, 1000).

%% mode     open or drain
%% ref      of the last change: answers to earlier ones do not count
%% nodes    the hidden nodes
%% waiting  who waits for the end of the drain, with the timer
-record(state, {
    mode = open :: open | drain,
    ref :: reference(),
    nodes = #{} :: #{node() => status()},
    waiting = [] :: [{gen_server:from(), reference() | undefined}]
}).

%% asked    it may be a Pier; until its time is over, it may have calls running
%% silent   it is no Pier
%% pier     with its monitor, and whether calls of it may run
-type status() :: {asked, reference()} | silent | {pier, reference(), busy | idle}.

start_link() ->
    gen_server:start_link({local, pier_drain}, pier_drain, [], []).

init([]) ->
    ok = net_kernel:monitor_nodes(true, [{node_type, hidden}]),
    {ok, lists:foldl(fun ask/2, #state{ref = make_ref()}, nodes(hidden))}.

handle_call({drain, Timeout}, From, State) ->
    Timer =
        case Timeout of
            infinity -> undefined;
            _ -> erlang:start_timer(Timeout, self(), From)
        end,
    Draining = change(drain, State),
    {noreply, check(Draining#state{waiting = [{From, Timer} | Draining#state.waiting]})};
handle_call(undrain, _From, State) ->
    answer({error, undrained}, State#state.waiting),
    {reply, ok, change(open, State#state{waiting = []})};
handle_call(state, _From, State = #state{mode = Mode, nodes = Nodes}) ->
    {reply, {Mode, lists:sort([Node || {Node, {pier, _, _}} <- maps:to_list(Nodes)])}, State};
handle_call(_, _From, State) ->
    {reply, {error, unknown_request}, State}.

handle_cast(_, State) ->
    {noreply, State}.

handle_info({pier_drain, 1, Ref, Pier, Answer}, State = #state{ref = Ref}) when is_pid(Pier) ->
    {noreply, check(answered(Pier, Answer, State))};
handle_info({nodeup, Node, _}, State) ->
    {noreply, ask(Node, State)};
handle_info({nodedown, Node, _}, State) ->
    {noreply, check(gone(Node, State))};
handle_info({{'DOWN', Node}, Monitor, process, _, _}, State = #state{nodes = Nodes}) ->
    case Nodes of
        #{Node := {pier, Monitor, _}} -> {noreply, check(gone(Node, State))};
        #{} -> {noreply, State}
    end;
handle_info({timeout, Timer, {asked, Node}}, State = #state{nodes = Nodes}) ->
    case Nodes of
        #{Node := {asked, Timer}} -> {noreply, check(State#state{nodes = Nodes#{Node := silent}})};
        #{} -> {noreply, State}
    end;
handle_info({timeout, Timer, From}, State = #state{waiting = Waiting}) ->
    case lists:member({From, Timer}, Waiting) of
        true ->
            gen_server:reply(From, {error, {timeout, busy(State)}}),
            {noreply, State#state{waiting = lists:delete({From, Timer}, Waiting)}};
        false ->
            {noreply, State}
    end;
handle_info(_, State) ->
    {noreply, State}.

%% A hidden node has connected.
ask(Node, State = #state{nodes = Nodes}) ->
    tell(Node, State),
    State#state{nodes = Nodes#{Node => {asked, erlang:start_timer(?ASKED, self(), {asked, Node})}}}.

%% A node is a Pier. It is monitored, so that its end counts as the end of its calls.
answered(Pier, Answer, State = #state{nodes = Nodes}) ->
    Node = node(Pier),
    Load =
        case Answer of
            draining -> busy;
            _ -> idle
        end,
    Monitor =
        case Nodes of
            #{Node := {pier, Known, _}} -> Known;
            #{} -> erlang:monitor(process, Pier, [{tag, {'DOWN', Node}}])
        end,
    State#state{nodes = Nodes#{Node => {pier, Monitor, Load}}}.

gone(Node, State = #state{nodes = Nodes}) ->
    State#state{nodes = maps:remove(Node, Nodes)}.

change(Mode, State = #state{mode = Mode}) ->
    State;
change(Mode, State = #state{nodes = Nodes}) ->
    Told = State#state{
        mode = Mode,
        ref = make_ref(),
        nodes = maps:map(
            fun
                (_, {pier, Monitor, _}) -> {pier, Monitor, busy};
                (_, Other) -> Other
            end,
            Nodes
        )
    },
    [tell(Node, Told) || {Node, Status} <- maps:to_list(Nodes), Status =/= silent],
    Told.

tell(Node, #state{mode = Mode, ref = Ref}) ->
    erlang:send({pier_drain, Node}, {pier_drain, 1, self(), Ref, Mode}, [noconnect]).

check(State = #state{mode = drain, waiting = [_ | _]}) ->
    case busy(State) of
        [] ->
            answer(ok, State#state.waiting),
            State#state{waiting = []};
        _ ->
            State
    end;
check(State) ->
    State.

%% The nodes of which calls may run.
busy(#state{nodes = Nodes}) ->
    lists:sort([Node || {Node, Status} <- maps:to_list(Nodes), is_busy(Status)]).

is_busy({pier, _, busy}) -> true;
is_busy({asked, _}) -> true;
is_busy(_) -> false.

answer(Answer, Waiting) ->
    lists:foreach(
        fun({From, Timer}) ->
            Timer =:= undefined orelse erlang:cancel_timer(Timer),
            gen_server:reply(From, Answer)
        end,
        Waiting
    ).
