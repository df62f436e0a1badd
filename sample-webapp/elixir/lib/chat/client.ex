defmodule Chat.Client do
  @moduledoc """
  The functions for a user in an Elixir shell. A node has one user, because its single `:message_handler` prints all
  messages that it receives.
  """

  @server :message_server

  @doc "Joins the chat. From then on, messages are printed."
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

  # Started without a link to the caller: the shell's process ends on any error.
  defp start_handler do
    case GenServer.start(Chat.MessageHandler, [], name: :message_handler) do
      {:ok, _handler} -> :ok
      {:error, {:already_started, _handler}} -> :ok
    end
  end
end
