/// Browsers as Erlang processes: a WebSocket with a pid. The package needs `jakarta.websocket-api` 2.2.
@NullMarked
package dev.pier.erlang.servlet.socket;

import org.jspecify.annotations.NullMarked;
