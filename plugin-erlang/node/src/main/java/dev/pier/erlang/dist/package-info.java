/// What goes over a connection after the handshake: flags, frames, fragments, the atom cache, control messages.
/// Pure: bytes in, values out, and back.
@NullMarked
package dev.pier.erlang.dist;

import org.jspecify.annotations.NullMarked;
