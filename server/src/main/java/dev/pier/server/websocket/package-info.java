/// WebSockets of web applications: their endpoints, the handshake, and the limits and metrics of open sockets.
@NullMarked
package dev.pier.server.websocket;

import org.jspecify.annotations.NullMarked;
