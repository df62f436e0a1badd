defmodule Chat.Application do
  @moduledoc "The server under its supervisor."

  use Application

  @impl true
  def start(_type, _arguments) do
    Supervisor.start_link([Chat.Server], strategy: :one_for_one, name: Chat.Supervisor)
  end
end
