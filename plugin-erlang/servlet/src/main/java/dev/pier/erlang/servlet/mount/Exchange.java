package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.Peer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Passes one request to Erlang, and its answer to the client, on the request's thread.
interface Exchange {
    /// @param peer the peer to call, perhaps reduced to one of its nodes
    /// @throws dev.pier.erlang.ErlangException if the Erlang side fails; it is answered by the caller
    /// @throws IOException if the client has left, or the response can only be cut off
    void serve(Peer peer, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException;
}
