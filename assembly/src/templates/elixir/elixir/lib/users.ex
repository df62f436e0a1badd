defmodule Users do
  def find("joe"), do: %{name: "Joe Armstrong", made: ["Erlang"]}
  def find(_), do: nil
end
