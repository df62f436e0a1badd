# As much of Plug as the suites need, written from its public documentation: a conn, the constructor and the states of an
# adapter, and exceptions with a status.

defmodule Plug do
  @callback init(term) :: term
  @callback call(Plug.Conn.t(), term) :: Plug.Conn.t()
end

defmodule Plug.Conn do
  @type t :: %__MODULE__{}

  defstruct adapter: nil,
            assigns: %{},
            halted: false,
            host: "www.example.com",
            method: "GET",
            path_info: [],
            port: 0,
            private: %{},
            query_string: "",
            remote_ip: nil,
            req_headers: [],
            request_path: "",
            resp_body: nil,
            resp_headers: [{"cache-control", "max-age=0, private, must-revalidate"}],
            scheme: :http,
            script_name: [],
            state: :unset,
            status: nil

  defmodule NotSentError do
    defexception message: "a response was neither set nor sent"
  end

  defmodule WrapperError do
    defexception [:conn, :kind, :reason, :stack]

    def message(%{kind: kind, reason: reason, stack: stack}), do: Exception.format_banner(kind, reason, stack)
  end

  def get_req_header(conn, name), do: for({^name, value} <- conn.req_headers, do: value)

  def put_resp_header(conn, name, value) do
    %{conn | resp_headers: List.keystore(conn.resp_headers, name, 0, {name, value})}
  end

  def prepend_resp_header(conn, name, value), do: %{conn | resp_headers: [{name, value} | conn.resp_headers]}

  def resp(conn, status, body), do: %{conn | state: :set, status: status, resp_body: body}

  def send_resp(conn, status, body), do: send_resp(resp(conn, status, body))

  def send_resp(%{adapter: {module, payload}, state: :set} = conn) do
    {:ok, body, payload} = module.send_resp(payload, conn.status, conn.resp_headers, conn.resp_body)
    %{conn | adapter: {module, payload}, resp_body: body, state: :sent}
  end

  def send_file(%{adapter: {module, payload}} = conn, status, file, offset \\ 0, length \\ :all) do
    {:ok, body, payload} = module.send_file(payload, status, conn.resp_headers, file, offset, length)
    %{conn | adapter: {module, payload}, resp_body: body, state: :file}
  end

  def send_chunked(%{adapter: {module, payload}} = conn, status) do
    {:ok, body, payload} = module.send_chunked(payload, status, conn.resp_headers)
    %{conn | adapter: {module, payload}, resp_body: body, state: :chunked, status: status}
  end

  def chunk(%{adapter: {module, payload}, state: :chunked} = conn, data) do
    case module.chunk(payload, data) do
      :ok -> {:ok, conn}
      {:ok, body, payload} -> {:ok, %{conn | adapter: {module, payload}, resp_body: body}}
      {:error, _} = error -> error
    end
  end

  def read_body(%{adapter: {module, payload}} = conn, options \\ []) do
    case module.read_req_body(payload, options) do
      {:error, _} = error -> error
      {more, data, payload} -> {more, data, %{conn | adapter: {module, payload}}}
    end
  end

  def upgrade_adapter(%{adapter: {module, payload}} = conn, protocol, options) do
    case module.upgrade(payload, protocol, options) do
      {:ok, payload} -> %{conn | adapter: {module, payload}, state: :upgraded}
      {:error, :not_supported} -> raise ArgumentError, "no upgrade to #{protocol}"
    end
  end

  def inform(%{adapter: {module, payload}}, status, headers), do: module.inform(payload, status, headers)
end

defmodule Plug.Conn.Adapter do
  def conn(adapter, method, %URI{} = uri, remote_ip, req_headers) do
    %Plug.Conn{
      adapter: adapter,
      host: uri.host,
      method: method,
      path_info: for(segment <- String.split(uri.path, "/"), segment != "", do: segment),
      port: uri.port,
      query_string: uri.query || "",
      remote_ip: remote_ip,
      req_headers: req_headers,
      request_path: uri.path,
      scheme: String.to_atom(uri.scheme)
    }
  end
end

defprotocol Plug.Exception do
  @fallback_to_any true
  def status(exception)
end

defimpl Plug.Exception, for: Any do
  def status(%{plug_status: status}), do: status
  def status(_), do: 500
end

defmodule Plug.BadRequestError do
  defexception message: "the request is not valid", plug_status: 400
end
