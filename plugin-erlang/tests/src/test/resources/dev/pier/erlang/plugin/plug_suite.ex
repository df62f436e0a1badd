# A plug with one path for each thing that a plug may do.

defmodule PlugSuite do
  @behaviour Plug
  import Plug.Conn

  @impl true
  def init(:fails), do: raise("these options are not accepted")

  def init(options) do
    :persistent_term.put(:inits, :persistent_term.get(:inits, 0) + 1)
    {:initialized, options}
  end

  @impl true
  def call(conn, {:initialized, options}), do: answer(conn.path_info, conn, options)

  defp text(conn, body), do: conn |> put_resp_header("content-type", "text/plain") |> send_resp(200, body)

  defp answer(["request" | _], %{adapter: {module, payload}} = conn, options) do
    facts = [
      method: conn.method,
      script_name: conn.script_name,
      path_info: conn.path_info,
      request_path: conn.request_path,
      query: conn.query_string,
      host: conn.host,
      port: conn.port,
      scheme: conn.scheme,
      remote_ip: conn.remote_ip,
      headers: conn.req_headers,
      options: options,
      protocol: module.get_http_protocol(payload),
      peer: module.get_peer_data(payload),
      sock: module.get_sock_data(payload),
      tls: module.get_ssl_data(payload),
      push: module.push(payload, "/a.css", []),
      upgrade: module.upgrade(payload, :nothing, [])
    ]

    text(conn, for({key, value} <- facts, do: "#{key}: #{inspect(value, limit: :infinity, printable_limit: :infinity)}\n"))
  end

  defp answer(["sha"], conn, _) do
    options = if conn.query_string == "", do: [], else: [length: String.to_integer(conn.query_string)]
    {size, hash} = hash(conn, options, 0, :crypto.hash_init(:sha256))
    text(conn, "#{size} #{Base.encode16(hash)}")
  end

  defp answer(["steps"], conn, _) do
    {steps, conn} = steps(conn, [])
    text(conn, Enum.join(steps, " "))
  end

  defp answer(["timeout"], conn, _), do: text(conn, inspect(read_body(conn, read_timeout: 50)))
  defp answer(["ignore"], conn, _), do: text(conn, "not read")
  defp answer(["set"], conn, _), do: resp(conn, 201, ["set, ", "not sent"])

  defp answer(["download", name, blocks], conn, _) do
    Process.register(self(), String.to_atom(name))
    conn = send_chunked(conn, 200)
    for i <- 0..(String.to_integer(blocks) - 1) do
      Process.put(:blocks, i + 1)
      {:ok, _} = chunk(conn, :binary.copy(<<rem(i, 251)>>, 65536))
    end
    conn
  end

  # Sends parts until the client has left, and notes what the last one returned, and how the process ended.
  defp answer(["endless", name, size], conn, _) do
    watch(name)
    conn = send_chunked(conn, 200)
    part = :binary.copy("x", String.to_integer(size))
    result = Stream.repeatedly(fn -> pause_and_chunk(conn, part) end) |> Enum.find(&(not match?({:ok, _}, &1)))
    :persistent_term.put({:last, name}, {result, chunk(conn, "more")})
    conn
  end

  defp answer(["whole", blocks], conn, _) do
    text(conn, for(i <- 0..(String.to_integer(blocks) - 1), do: :binary.copy(<<rem(i, 251)>>, 65536)))
  end

  defp answer(["file", name], conn, _), do: send_file(conn, 200, name)

  defp answer(["file", name, offset, length], conn, _) do
    send_file(conn, 206, name, String.to_integer(offset), String.to_integer(length))
  end

  defp answer(["chunks"], conn, _) do
    conn = send_chunked(conn, 200)
    {:ok, conn} = chunk(conn, ["one", ?\s])
    {:ok, conn} = chunk(conn, "")
    wait()
    {:ok, conn} = chunk(conn, "two")
    conn
  end

  defp answer(["visits"], conn, _) do
    visit =
      case get_req_header(conn, "cookie") do
        ["visits=" <> before] -> String.to_integer(before) + 1
        [] -> 1
      end

    conn
    |> prepend_resp_header("set-cookie", "visits=#{visit}; path=/; HttpOnly")
    |> prepend_resp_header("set-cookie", "other=1")
    |> text("visit #{visit}")
  end

  defp answer(["multipart"], conn, _) do
    [type] = get_req_header(conn, "content-type")
    [_, boundary] = String.split(type, "boundary=")
    {body, conn} = whole(conn, [])
    [_, part, "--\r\n"] = :binary.split(body, "--" <> boundary, [:global])
    [head, data] = :binary.split(part, "\r\n\r\n")
    file = binary_part(data, 0, byte_size(data) - 2)
    true = head =~ "filename=\"large.bin\""
    text(conn, "#{byte_size(file)} #{Base.encode16(:crypto.hash(:sha256, file))}")
  end

  defp answer(["status", code], conn, _), do: send_resp(conn, String.to_integer(code), "body")

  defp answer(["headers"], conn, _) do
    %{conn | resp_headers: [{"x-repeated", "1"}, {"x-repeated", "2"}, {"X-Upper", "ä"}, {"connection", "close"},
        {"transfer-encoding", "chunked"}, {"content-type", "TEXT/html; Charset=ISO-8859-1"}]}
    |> send_resp(200, "x")
  end

  defp answer(["inform"], conn, _) do
    inform(conn, 103, [{"link", "</a.css>; rel=preload"}])
    text(conn, "informed")
  end

  defp answer(["message"], conn, _) do
    conn = text(conn, "sent")
    receive do
      {:plug_conn, :sent} -> :persistent_term.put(:message, :came)
    end
    conn
  end

  defp answer([what, name], conn, _) when what in ["silent", "waiting"] do
    :persistent_term.put({:begun, name}, true)
    watch(name)
    if what == "silent", do: chunk(send_chunked(conn, 200), "begun")
    receive do
      :never -> conn
    end
  end

  defp answer(["socket", name], %{adapter: {module, _}} = conn, _) do
    Enum.reduce(get_req_header(conn, "sec-websocket-protocol"), conn, &put_resp_header(&2, "sec-websocket-protocol", &1))
    |> upgrade_adapter(:websocket, {PlugSuite.Socket, {name, module}, fullsweep_after: 10})
  end

  defp answer(["no_socket"], conn, _), do: send_resp(conn, 403, "not here")

  defp answer(["bad", what], conn, _), do: bad(what, conn)

  defp watch(name) do
    process = self()
    spawn(fn ->
      monitor = Process.monitor(process)
      receive do
        {:DOWN, ^monitor, _, _, reason} -> :persistent_term.put({:ended, name}, reason)
      end
    end)
  end

  defp pause_and_chunk(conn, part) do
    Process.sleep(1)
    chunk(conn, part)
  end

  defp hash(conn, options, size, state) do
    case read_body(conn, options) do
      {:more, data, conn} -> hash(conn, options, size + byte_size(data), :crypto.hash_update(state, data))
      {:ok, data, _} -> {size + byte_size(data), :crypto.hash_final(:crypto.hash_update(state, data))}
    end
  end

  defp steps(conn, steps) do
    {more, data, conn} = read_body(conn, length: 4)
    steps = steps ++ ["#{more}:#{data}"]
    if more == :more, do: steps(conn, steps), else: {steps, conn}
  end

  defp whole(conn, parts) do
    case read_body(conn) do
      {:more, data, conn} -> whole(conn, [parts, data])
      {:ok, data, conn} -> {IO.iodata_to_binary([parts, data]), conn}
    end
  end

  defp bad("crash", _), do: raise("crashed")
  defp bad("exit", _), do: exit(:gone)
  defp bad("throw", conn), do: throw({:thrown, conn})
  defp bad("key", conn), do: raise("no key in #{inspect(conn)}")
  defp bad("clause", conn), do: only_ok(conn)
  defp bad("unsent", conn), do: conn
  defp bad("conn", _), do: :not_a_conn
  defp bad("value", conn), do: conn |> put_resp_header("x-a", "b\r\nx-c: d") |> text("x")
  defp bad("name", conn), do: conn |> put_resp_header("x a", "b") |> text("x")
  defp bad("code", conn), do: send_resp(conn, 99, "x")
  defp bad("short", conn), do: conn |> put_resp_header("content-length", "5") |> text("x")
  defp bad("long", conn), do: conn |> put_resp_header("content-length", "1") |> text("body")
  defp bad("missing", conn), do: send_file(conn, 200, "there_is_no_such_file")
  defp bad("outside", conn), do: send_file(conn, 200, "streamed", 49_999, 2)
  defp bad("request", _), do: raise(Plug.BadRequestError)

  defp bad("wrapped", conn) do
    raise %Plug.Conn.WrapperError{conn: conn, kind: :error, reason: %Plug.BadRequestError{}, stack: []}
  end

  # As Plug.ErrorHandler does.
  defp bad("page", conn) do
    raise "crashed"
  rescue
    error ->
      send_resp(conn, 500, "the page of the application")
      reraise error, __STACKTRACE__
  end

  defp bad("twice", conn) do
    {module, payload} = text(conn, "first").adapter
    module.send_resp(payload, 200, [], "second")
    conn
  end

  defp bad("later", conn) do
    conn = send_chunked(conn, 200)
    {:ok, _} = chunk(conn, "begun")
    wait()
    raise "crashed"
  end

  defp bad("short_chunks", conn) do
    conn = conn |> put_resp_header("content-length", "7") |> send_chunked(200)
    {:ok, conn} = chunk(conn, "begun")
    wait()
    conn
  end

  defp bad("long_chunks", conn) do
    conn = conn |> put_resp_header("content-length", "7") |> send_chunked(200)
    {:ok, conn} = chunk(conn, "begun")
    wait()
    {:ok, conn} = chunk(conn, "more")
    conn
  end

  defp only_ok(:ok), do: :ok

  defp wait do
    Process.register(self(), :go)
    receive do
      :continue -> Process.unregister(:go)
    end
  end
end

defmodule PlugSuite.Socket do
  def init({name, adapter}) do
    Process.register(self(), String.to_atom(name))
    {:push, {:text, "welcome from #{inspect(adapter)}"}, name}
  end

  def handle_in({"ping", opcode: :text}, name), do: {:push, {:ping, "p"}, name}
  def handle_in({"list", _}, name), do: {:push, [{:text, ["on", ?e]}, {:binary, "two"}, {:text, nil}], name}
  def handle_in({"reply", _}, name), do: {:reply, :ok, {:text, "replied"}, name}
  def handle_in({"quiet", _}, name), do: {:ok, name}
  def handle_in({"stop", _}, name), do: {:stop, :normal, name}
  def handle_in({"restart", _}, name), do: {:stop, {:shutdown, :restart}, name}
  def handle_in({"error", _}, name), do: {:stop, :oops, name}
  def handle_in({"code", _}, name), do: {:stop, :normal, 4001, name}
  def handle_in({"reason", _}, name), do: {:stop, :normal, {4000, "enough"}, name}
  def handle_in({"last", _}, name), do: {:stop, :oops, {4002, nil}, [{:text, "last"}], name}
  def handle_in({"raise", _}, _), do: raise("crashed in the socket")

  def handle_in({"flood", _}, name) do
    send(self(), :more)
    {:ok, name}
  end

  def handle_in({data, opcode: opcode}, name), do: {:push, {opcode, data}, name}

  def handle_control({data, opcode: opcode}, name), do: {:push, {:text, "#{opcode} #{data}"}, name}

  def handle_info(:more, name) do
    Process.put(:blocks, Process.get(:blocks, 0) + 1)
    send(self(), :more)
    {:push, {:binary, :binary.copy("x", 65536)}, name}
  end

  def handle_info({:say, text}, name), do: {:push, {:text, text}, name}

  def terminate(reason, name), do: :persistent_term.put({:terminated, name}, reason)
end
