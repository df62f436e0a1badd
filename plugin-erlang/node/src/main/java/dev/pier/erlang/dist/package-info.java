/// The distribution protocol after the handshake: flags, frames, fragments, the atom cache, control messages. Converts
/// between bytes and values, and does no input or output.
@NullMarked
package dev.pier.erlang.dist;

import org.jspecify.annotations.NullMarked;
