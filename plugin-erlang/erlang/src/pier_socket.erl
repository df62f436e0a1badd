%% Browsers as processes: functions for a server to which an application in Pier has joined its sockets.
%%
%%     -module(room).
%%     -behaviour(gen_server).
%%
%%     join(Pid, Name) ->                                      % called by ErlangSocket.join(peer, "room", "join", name)
%%         gen_server:call(?MODULE, {join, Pid, Name}),
%%         {ok, whereis(?MODULE)}.
%%
%%     init([]) ->
%%         process_flag(trap_exit, true),                      % sockets are linked with this process
%%         {ok, #{}}.
%%
%%     handle_info({pier_socket, Pid, #{<<"say">> := Text}}, Names) ->
%%         [pier_socket:send(P, #{from => maps:get(Pid, Names), text => Text}) || P <- maps:keys(Names)],
%%         {noreply, Names};
%%     handle_info({'EXIT', Pid, {shutdown, {closed, _}}}, Names) ->
%%         {noreply, maps:remove(Pid, Names)}.
%%
%% Between the browser and the server:
%%
%%     browser -> server   {pier_socket, Pid, Term}        a frame: JSON as a term, or a binary
%%     server -> browser   Pid ! Term                      becomes JSON
%%     browser has left    'EXIT' from Pid                 {shutdown, {closed, Code}}
%%     server ends         exit signal to Pid              the socket is closed: see close/2,3
%%
%% The functions are short forms of what any process can do; none of them needs this module on the node of Pier.
-module(pier_socket).

-export([send/2, send_sync/2, send_sync/3, close/1, close/2, close/3, ack/1, ack/2]).

-export_type([code/0]).

%% A close code that an endpoint may send. SPEC: RFC 6455, section 7.4
-type code() :: 1000..1003 | 1007..1014 | 3000..4999.

%% Sends a term to the browser, as JSON. Never waits: frames that a slow browser does not take wait in Pier, and beyond the
%% limit of the socket's queue its socket is closed with 1013.
-spec send(pid(), Term) -> Term.
send(Pid, Term) ->
    Pid ! Term.

%% As send_sync(Pid, Term, 5000).
-spec send_sync(pid(), term()) -> ok.
send_sync(Pid, Term) ->
    send_sync(Pid, Term, 5000).

%% Sends a term to the browser, and returns once Pier has written the frame to the connection: for a producer that is
%% to go as fast as the browser reads. Exits as gen_server:call/3 does if the browser leaves or the time is over.
-spec send_sync(pid(), term(), timeout()) -> ok.
send_sync(Pid, Term, Timeout) ->
    gen_server:call(Pid, Term, Timeout).

%% Closes the socket with 1000, after everything that was sent before.
-spec close(pid()) -> true.
close(Pid) ->
    close(Pid, 1000).

-spec close(pid(), code()) -> true.
close(Pid, Code) ->
    close(Pid, Code, <<>>).

%% Closes the socket with a code and a text of at most 123 bytes in UTF-8, after everything that was sent before.
%% A longer text is cut; a code that no endpoint may send becomes 1011.
-spec close(pid(), code(), unicode:chardata()) -> true.
close(Pid, Code, Text) when is_integer(Code) ->
    exit(Pid, {close, Code, unicode:characters_to_binary(Text)}).

%% As ack(Pid, 1).
-spec ack(pid()) -> ok.
ack(Pid) ->
    ack(Pid, 1).

%% Returns the credit of so many frames to a socket that was opened with SocketOptions.withAcknowledgedCredit: they
%% have been handled. Without that option, frames are acknowledged by themselves, and this function must not be called.
-spec ack(pid(), pos_integer()) -> ok.
ack(Pid, Frames) when is_integer(Frames), Frames > 0 ->
    gen_server:cast(Pid, {pier_ack, Frames}).
