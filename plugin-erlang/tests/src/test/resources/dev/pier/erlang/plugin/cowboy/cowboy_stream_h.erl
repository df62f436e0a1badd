%% A stand-in for the stream handler that runs a request: cowboy_suite:handle/1 in a process of its own.
-module(cowboy_stream_h).
-export([init/3, data/4, info/3, terminate/3]).

init(_, Req, _) ->
    Pid = proc_lib:spawn_link(fun() -> cowboy_suite:handle(Req) end),
    {[{spawn, Pid, 500}], #{pid => Pid, buffer => <<>>, size => 0, fin => false, reader => none}}.

data(_, IsFin, Data, #{buffer := Buffer, size := Size} = State) ->
    read(State#{buffer => <<Buffer/binary, Data/binary>>, size => Size + byte_size(Data), fin => IsFin =:= fin}).

info(_, {'EXIT', Pid, normal}, #{pid := Pid} = State) ->
    {[stop], State};
info(_, {'EXIT', Pid, {{request_error, _, _}, _}}, #{pid := Pid} = State) ->
    {[{error_response, 400, #{<<"content-length">> => <<"0">>}, <<>>}, stop], State};
info(_, {'EXIT', Pid, Reason} = Exit, #{pid := Pid} = State) ->
    {[
        {error_response, 500, #{<<"content-length">> => <<"0">>}, <<>>},
        {log, error, "The request process has failed: ~0p", [Reason]},
        {internal_error, Exit, 'The request process has failed.'}
    ], State};
info(_, {read_body, Pid, Ref, Length, _}, State) ->
    Wanted = case Length of auto -> 1; _ -> Length end,
    read(State#{reader => {Pid, Ref, Wanted}});
info(_, {data, Pid, IsFin, Data}, State) ->
    Pid ! {data_ack, self()},
    {[{data, IsFin, Data}], State};
info(_, Command, State) when element(1, Command) =/= 'EXIT' ->
    {[Command], State};
info(_, _, State) ->
    {[], State}.

terminate(_, Reason, _) ->
    persistent_term:put({cowboy_suite, terminated}, Reason).

read(#{reader := {Pid, Ref, _}, fin := true, buffer := Buffer, size := Size} = State) ->
    Pid ! {request_body, Ref, fin, Size, Buffer},
    {[], State#{reader => none, buffer => <<>>}};
read(#{reader := {Pid, Ref, Wanted}, buffer := Buffer} = State) when byte_size(Buffer) >= Wanted ->
    Pid ! {request_body, Ref, nofin, Buffer},
    {[], State#{reader => none, buffer => <<>>}};
read(#{reader := {_, _, Wanted}} = State) ->
    {[{flow, Wanted}], State};
read(State) ->
    {[], State}.
