defmodule Chat.MessageHandler do
  @moduledoc "Prints the chat's messages in an Elixir shell."

  use GenServer

  @impl true
  def init([]), do: {:ok, []}

  @impl true
  def handle_call(_request, _from, state), do: {:reply, :error, state}

  @impl true
  def handle_cast(event, state) do
    event |> line() |> IO.puts()
    {:noreply, state}
  end

  defp line({:message, :server, text}), do: "* #{text}"
  defp line({:message, nick, text}), do: "#{nick}: #{text}"
  defp line({:private_message, nick, text}), do: "#{nick}, to you only: #{text}"
  defp line({:users, nicks}), do: "* users: #{Enum.join(nicks, ", ")}"
  defp line(other), do: inspect(other)
end
