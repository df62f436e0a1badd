defmodule Chat.Application do
  @moduledoc "The chat's OTP application: a supervisor with the server."

  use Application

  @impl true
  def start(_type, _arguments) do
    Supervisor.start_link([Chat.Server], strategy: :one_for_one, name: Chat.Supervisor)
  end
end
