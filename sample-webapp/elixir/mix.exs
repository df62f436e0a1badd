defmodule Chat.MixProject do
  use Mix.Project

  def project do
    [
      app: :chat,
      version: "0.1.0",
      elixir: "~> 1.14",
      start_permanent: true,
      # Plug may be there or not.
      xref: [exclude: [Plug.Conn]],
      deps: []
    ]
  end

  def application do
    [mod: {Chat.Application, []}]
  end
end
