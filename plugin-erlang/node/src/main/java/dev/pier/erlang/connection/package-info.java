/// One connection after its handshake: reader, writer, outbound queue and ticks, each its own class.
@NullMarked
package dev.pier.erlang.connection;

import org.jspecify.annotations.NullMarked;
