/// Replies of any size and rows of a producer, read while they arrive.
///
/// The consumer's thread calls and reads; the reader of the connection fills the `StreamBuffer`. If the peer has
/// `pier_stream`, streams share the connection, and the sender sends no more than it has credit for, so the reader
/// never
/// waits. Otherwise a stream has a lane, a further connection to the peer, for itself. When the buffer is full the
/// lane's reader waits, its socket is not read, and Erlang suspends the sending process.
///
/// ```
/// consumer                 StreamCall      StreamBuffer       reader                peer
///    │ stream(m, f, …)         │                │                   │                 │
///    ├────────────────────────▶│ SPAWN_REQUEST ───────────────────────────────────────▶ spawns f
///    │                         │                │   Spawned(pid)    ◀─────────────────┤
///    │ first()  (waits) ───────────────────────▶│                   │                 │
///    │                                          │                   │                 │
///    │        a returned value:                 │ Part, Part, …     ◀─── exit reason ──┤ f has returned
///    │ nextPart() ◀─────────────────────────────┤                   │    in fragments │
///    │                                          │ End               ◀─── last ─────────┤
///    │                                          │                   │                 │
///    │        or the rows of a producer:        │ Message           ◀─── {pier_stream, 1, Ref, {Rows, Bytes}}
///    │ next() ◀─────────────────────────────────┤ Message, …        ◀─── {Ref, Size, Row}
///    │ grant  ── {Ref, Rows, Bytes} ────────────────────────────────────────────────────▶ may send so much more
///    │ next() ◀─────────────────────────────────┤ Message, …        ◀─── {Ref, Size, Row}
///    │ grant, at half of the window ───────────────────────────────────────────────────▶
///    │ next() ◀─────────────────────────────────┤ Part, End         ◀─── exit reason ──┤ f has returned
///    │                                          │                   │                 │
///    │        or a large value on a shared connection:              │                 │
///    │ open() ◀─────────────────────────────────┤ Message           ◀─── {pier_stream, 1, Ref, answer}
///    │ grant  ── {Ref, Parts, Bytes} ───────────────────────────────────────────────────▶ may send so much
///    │ nextPart() ◀─────────────────────────────┤ Message, …        ◀─── {Ref, Size, Part}
///    │                                          │ Part, End         ◀─── {Tag, sent} ──┤ all is sent
///    │                                          │                   │                 │
///    │ close()  ───────────────▶ kills f, if it runs; gives its lane or its memory back │
/// ```
@NullMarked
package dev.pier.erlang.stream;

import org.jspecify.annotations.NullMarked;
