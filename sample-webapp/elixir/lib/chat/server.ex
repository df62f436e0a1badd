defmodule Chat.Server do
  @moduledoc """
  The chat's GenServer, `:message_server`: keeps the users and distributes messages.

  Calls and their replies:

      {:connect, nick}      {:ok, nicks} | :nick_in_use | :nick_not_allowed
      {:disconnect, nick}   :ok | :user_not_found | :not_allowed
      :nicks                nicks

  Casts to the server:

      {:say, nick, text}
      {:private_message, nick, receiver, text}

  Casts to the GenServer `:message_handler` on each user's node:

      {:message, nick, text}
      {:private_message, nick, text}
      {:users, nicks}         when a user has joined or left

  A user in a browser joins with `join/2`. From then on, the browser's frames arrive as `{:pier_socket, pid, frame}`:

      %{"say" => text}
      %{"to" => nick, "say" => text}

  Nicks and texts are strings; the sender of the server's own messages is `:server`. A cast does not contain its
  sender, so the server trusts the nick in it: all nodes must trust each other.
  """

  use GenServer

  @name :message_server

  def start_link(_options \\ []) do
    GenServer.start_link(__MODULE__, [], name: @name)
  end

  @doc """
  Lets a browser into the chat. Its process is the `:message_handler` of a node of its own.

  The browser first gets `{:joined, nick, node, nicks}`. A nick that is refused closes it.
  """
  def join(pid, nick) do
    case GenServer.call(@name, {:connect, nick, pid}) do
      {:ok, nicks} ->
        send(pid, {:joined, nick, node(pid), nicks})
        {:ok, Process.whereis(@name)}

      refused ->
        {:close, 4000, Atom.to_string(refused)}
    end
  end

  @doc "The nicks of the users, sorted."
  def nicks, do: GenServer.call(@name, :nicks)

  # The users: nick => {node, monitor}.

  @impl true
  def init([]), do: {:ok, %{}}

  @impl true
  def handle_call({:connect, nick}, {client, _tag}, users), do: connect(nick, client, users)
  def handle_call({:connect, nick, client}, _from, users), do: connect(nick, client, users)

  def handle_call({:disconnect, nick}, {client, _tag}, users) do
    home = node(client)

    case users do
      %{^nick => {^home, monitor}} ->
        Process.demonitor(monitor, [:flush])
        {:reply, :ok, leave(users, nick)}

      %{^nick => _other} ->
        {:reply, :not_allowed, users}

      _ ->
        {:reply, :user_not_found, users}
    end
  end

  def handle_call(:nicks, _from, users), do: {:reply, nicks(users), users}

  def handle_call(_request, _from, users), do: {:reply, :error, users}

  @impl true
  def handle_cast({:say, nick, text}, users) when is_map_key(users, nick) do
    cast(Map.delete(users, nick), {:message, nick, text})
    {:noreply, users}
  end

  def handle_cast({:private_message, nick, receiver, text}, users) when is_map_key(users, nick) do
    if is_map_key(users, receiver) do
      cast(Map.take(users, [receiver]), {:private_message, nick, text})
    else
      cast(Map.take(users, [nick]), {:message, :server, "#{receiver} is not in the chat"})
    end

    {:noreply, users}
  end

  def handle_cast(_request, users), do: {:noreply, users}

  @impl true
  def handle_info({:DOWN, monitor, :process, _handler, _reason}, users) do
    case Enum.find(users, fn {_nick, {_node, known}} -> known == monitor end) do
      {nick, _user} -> {:noreply, leave(users, nick)}
      nil -> {:noreply, users}
    end
  end

  def handle_info({:pier_socket, pid, frame}, users) do
    home = node(pid)

    case {frame, Enum.find(users, fn {_nick, {node, _monitor}} -> node == home end)} do
      {%{"say" => text, "to" => to}, {nick, _user}} when is_binary(text) and is_binary(to) ->
        handle_cast({:private_message, nick, to, text}, users)

      {%{"say" => text}, {nick, _user}} when is_binary(text) ->
        handle_cast({:say, nick, text}, users)

      _ -> {:noreply, users}
    end
  end

  def handle_info(_message, users), do: {:noreply, users}

  defp connect(nick, client, users) do
    cond do
      not is_binary(nick) or byte_size(nick) > 120 or nick in ["", "server"] ->
        {:reply, :nick_not_allowed, users}

      is_map_key(users, nick) ->
        {:reply, :nick_in_use, users}

      true ->
        # The user leaves with the handler, and the handler ends with its node.
        monitor = Process.monitor({:message_handler, node(client)})
        announce(users, "#{nick} has joined")
        users = Map.put(users, nick, {node(client), monitor})
        cast_users(Map.delete(users, nick), users)
        {:reply, {:ok, nicks(users)}, users}
    end
  end

  defp leave(users, nick) do
    users = Map.delete(users, nick)
    announce(users, "#{nick} has left")
    cast_users(users, users)
    users
  end

  defp announce(users, text), do: cast(users, {:message, :server, text})

  defp cast_users(listeners, users), do: cast(listeners, {:users, nicks(users)})

  defp cast(listeners, what) do
    for {_nick, {node, _monitor}} <- listeners do
      GenServer.cast({:message_handler, node}, what)
    end
  end

  defp nicks(users), do: users |> Map.keys() |> Enum.sort()
end
