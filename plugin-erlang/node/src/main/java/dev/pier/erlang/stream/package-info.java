/// Replies of any size and rows of a producer, read while they arrive.
///
/// A stream has a lane, a further connection to the peer, for itself. The consumer's thread calls and reads, the lane's
/// reader fills the `StreamBuffer`. When the buffer is full the reader waits, the lane's socket is not read, and
/// Erlang suspends the sending process.
///
/// ```
/// consumer                 StreamCall      StreamBuffer       lane's reader         peer
///    │ stream(m, f, …)         │                │                   │                 │
///    ├────────────────────────▶│ SPAWN_REQUEST ───────────────────────────────────────▶ spawns f
///    │                         │                │   Spawned(pid)    ◀─────────────────┤
///    │ first()  (waits) ───────────────────────▶│                   │                 │
///    │                                          │                   │                 │
///    │        a returned value:                 │ Part, Part, …     ◀─── exit reason ──┤ f has returned
///    │ nextPart() ◀─────────────────────────────┤                   │    in fragments │
///    │                                          │ End               ◀─── last ─────────┤
///    │                                          │                   │                 │
///    │        or the rows of a producer:        │ Message           ◀─── {pier_stream, 1, Ref}
///    │ grant  ── {Ref, Rows, Bytes} ────────────────────────────────────────────────────▶ may send so much
///    │ next() ◀─────────────────────────────────┤ Message, …        ◀─── {Ref, Size, Row}
///    │ grant, at half of the window ───────────────────────────────────────────────────▶
///    │ next() ◀─────────────────────────────────┤ Part, End         ◀─── exit reason ──┤ f has returned
///    │                                          │                   │                 │
///    │ close()  ───────────────▶ kills f, if it runs; gives the lane back              │
/// ```
@NullMarked
package dev.pier.erlang.stream;

import org.jspecify.annotations.NullMarked;
