defmodule UsersTest do
  use ExUnit.Case, async: true

  test "finds a user" do
    assert %{name: "Joe Armstrong"} = Users.find("joe")
    assert Users.find("ann") == nil
  end
end
