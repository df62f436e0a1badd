defmodule Pier.MixProject do
  use Mix.Project

  # All is as in the application's own file, which mix does not read.
  {:ok, [{:application, :pier, app}]} = :file.consult(Path.join(__DIR__, "src/pier.app.src"))
  @app app

  def project do
    [
      app: :pier,
      version: to_string(@app[:vsn]),
      description: to_string(@app[:description]),
      language: :erlang,
      erlc_options: [:debug_info, :warnings_as_errors],
      deps: []
    ]
  end

  def application do
    Keyword.take(@app, [:mod, :registered, :env])
  end
end
