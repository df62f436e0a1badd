defmodule Chat.Client do
  @moduledoc """
  What a user in an Elixir shell does. The node is the user, so there is one for each.
  """

  @server :message_server

  @doc "Joins; what is said is printed from then on."
  def connect(server_node, nick) do
    start_handler()
    GenServer.call({@server, server_node}, {:connect, nick})
  end

  def disconnect(server_node, nick) do
    GenServer.call({@server, server_node}, {:disconnect, nick})
  end

  def say(server_node, nick, text) do
    GenServer.cast({@server, server_node}, {:say, nick, text})
  end

  def private_message(server_node, nick, receiver, text) do
    GenServer.cast({@server, server_node}, {:private_message, nick, receiver, text})
  end

  # Not linked with whoever joins: a shell's process ends with its first mistake.
  defp start_handler do
    case GenServer.start(Chat.MessageHandler, [], name: :message_handler) do
      {:ok, _handler} -> :ok
      {:error, {:already_started, _handler}} -> :ok
    end
  end
end
