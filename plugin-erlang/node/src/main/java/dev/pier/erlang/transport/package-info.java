/// How bytes reach a peer: [Transport] over TCP or within TLS, and the sockets while the handshakes run.
@NullMarked
package dev.pier.erlang.transport;

import org.jspecify.annotations.NullMarked;
