defmodule Chat.Page do
  @moduledoc """
  A plug that says which users are in the chat. Pier mounts it, without an HTTP port here:

      erlang.mounts."/chat-page" { peer = chat, plug = "Chat.Page" }

  The chat does not depend on Plug, and is compiled without it. `bin/demo` mounts the plug if the node has Plug, and then
  starts the chat with `-chat page true`.
  """

  def init(options), do: options

  def call(conn, _options) do
    conn
    |> Plug.Conn.put_resp_header("content-type", "text/plain; charset=utf-8")
    |> Plug.Conn.put_resp_header("x-content-type-options", "nosniff")
    |> Plug.Conn.send_resp(200, text(Chat.Server.nicks()))
  end

  @doc "Whether the plug is mounted, and can answer."
  def ready?, do: Application.get_env(:chat, :page, false) and Code.ensure_loaded?(Plug.Conn)

  defp text([]), do: "The chat on #{node()} has no users.\n"
  defp text(nicks), do: "The chat on #{node()} has #{Enum.join(nicks, ", ")}.\n"
end
