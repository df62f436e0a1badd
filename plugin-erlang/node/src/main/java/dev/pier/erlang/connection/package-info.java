/// One connection after its handshake: [Connection], with a reader, a writer and ticks in a class each.
@NullMarked
package dev.pier.erlang.connection;

import org.jspecify.annotations.NullMarked;
