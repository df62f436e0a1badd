%% The messenger from Erlang's "Getting Started", chapter "Concurrent Programming": the server, and the client for an
%% Erlang shell.
%%
%%   messenger:start_server().                     on the server's node
%%   messenger:logon('backend@localhost', fred).   on any node
%%   messenger:message(james, "Hello").
%%   messenger:logoff().
%%
%% Client to server                        answer
%%   {Pid, logon, Name}                      {messenger, logged_on}
%%                                           {messenger, stop, user_exists_at_other_node}
%%   {Pid, message_to, Name, Message}        {messenger, sent}
%%                                           {messenger, receiver_not_found}
%%                                           {messenger, stop, you_are_not_logged_on}
%%   {Pid, logoff}                           none; a client can also end without it
%% Server to client
%%   {message_from, Name, Message}
%%
%% The server identifies users by the pids of their clients, wherever the clients run. A browser is a client with a pid
%% as well (dev.pier.sample.messenger): the server's messages reach it as JSON, and its own come as {pier_socket, Pid, Map}
%% with the same meaning: #{<<"logon">> => Name}, #{<<"to">> => Name, <<"text">> => Message}, #{<<"logoff">> => true}.
%%
%% In the tutorial, names are atoms. Here they are binaries, because they come from browsers and atoms are never freed.
%% The functions for the shell also accept atoms and strings.
-module(messenger).
-export([start_server/0, server/0, join/1]).
-export([logon/2, logoff/0, message/2, client/2]).

%% The most that a browser may send, in bytes.
-define(MAX_NAME, 120).
-define(MAX_TEXT, 4000).

-type name() :: atom() | string() | binary().

%% The server. It links to each client that is logged on: the end of a client or its node logs the user off, and the end
%% of the server ends its clients.

-spec start_server() -> true.
start_server() -> register(messenger, spawn(?MODULE, server, [])).

server() ->
    process_flag(trap_exit, true),
    server(#{}).

server(Users) ->
    receive
        {Client, logon, Name} when is_pid(Client) -> server(logon(Client, Name, Users));
        {Client, message_to, To, Message} when is_pid(Client) ->
            transfer(Client, To, Message, Users),
            server(Users);
        {Client, logoff} when is_pid(Client) ->
            unlink(Client),
            server(maps:remove(Client, Users));
        {pier_socket, Browser, Frame} when is_pid(Browser) -> server(from_browser(Browser, Frame, Users));
        {'EXIT', Client, _} -> server(maps:remove(Client, Users));
        _ -> server(Users)
    end.

%% A browser joins the messenger before it logs on.
-spec join(pid()) -> {ok, {messenger, node()}}.
join(_Browser) -> {ok, {messenger, node()}}.

from_browser(Browser, #{<<"logon">> := Name}, Users) when is_binary(Name), Name =/= <<>>, byte_size(Name) =< ?MAX_NAME ->
    logon(Browser, Name, Users);
from_browser(Browser, #{<<"to">> := To, <<"text">> := Text}, Users) when is_binary(Text), byte_size(Text) =< ?MAX_TEXT ->
    transfer(Browser, To, Text, Users),
    Users;
from_browser(Browser, #{<<"logoff">> := true}, Users) ->
    maps:remove(Browser, Users);
from_browser(Browser, _, Users) ->
    exit(Browser, {close, 1008, <<"not a message to the messenger">>}),
    Users.

logon(Client, Name, Users) ->
    case client_of(Name, Users) of
        {ok, _} ->
            Client ! {messenger, stop, user_exists_at_other_node},
            Users;
        error ->
            link(Client),
            Client ! {messenger, logged_on},
            Users#{Client => Name}
    end.

transfer(Client, To, Message, Users) ->
    case {Users, client_of(To, Users)} of
        {#{Client := Name}, {ok, Receiver}} ->
            Receiver ! {message_from, Name, Message},
            Client ! {messenger, sent};
        {#{Client := _}, error} -> Client ! {messenger, receiver_not_found};
        _ -> Client ! {messenger, stop, you_are_not_logged_on}
    end.

client_of(Name, Users) ->
    case [Client || {Client, Known} <- maps:to_list(Users), Known =:= Name] of
        [Client] -> {ok, Client};
        [] -> error
    end.

%% The client for a shell: one user per node, in the process `mess_client`.

-spec logon(node(), name()) -> true | already_logged_on.
logon(Server, Name) ->
    case whereis(mess_client) of
        undefined -> register(mess_client, spawn(?MODULE, client, [Server, name(Name)]));
        _ -> already_logged_on
    end.

-spec logoff() -> logoff | not_logged_on.
logoff() -> command(logoff, logoff).

-spec message(name(), term()) -> ok | not_logged_on.
message(To, Message) -> command({message_to, name(To), Message}, ok).

command(Command, Result) ->
    case whereis(mess_client) of
        undefined -> not_logged_on;
        Client ->
            Client ! Command,
            Result
    end.

client(Server, Name) ->
    {messenger, Server} ! {self(), logon, Name},
    await_answer(),
    client(Server).

client(Server) ->
    receive
        logoff -> exit(normal);
        {message_to, To, Message} ->
            {messenger, Server} ! {self(), message_to, To, Message},
            await_answer();
        {message_from, From, Message} -> io:format("Message from ~ts: ~tp~n", [From, shown(Message)])
    end,
    client(Server).

await_answer() ->
    receive
        {messenger, stop, Why} ->
            io:format("~p~n", [Why]),
            exit(normal);
        {messenger, What} -> io:format("~p~n", [What])
    after 5000 ->
        io:format("No response from server~n", []),
        exit(timeout)
    end.

name(Name) when is_atom(Name) -> atom_to_binary(Name);
name(Name) -> unicode:characters_to_binary(Name).

%% Messages from browsers are binaries; they are printed as strings, like those from Erlang.
shown(Message) when is_binary(Message) -> unicode:characters_to_list(Message);
shown(Message) -> Message.
