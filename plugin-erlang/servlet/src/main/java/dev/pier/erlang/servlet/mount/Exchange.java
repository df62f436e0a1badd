package dev.pier.erlang.servlet.mount;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Passes one request to Erlang, and its answer to the client, on the request's thread.
interface Exchange {
    /// @throws dev.pier.erlang.ErlangException if the Erlang side fails; it is answered by the caller
    /// @throws IOException if the client has left, or the response can only be cut off
    void serve(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
}
