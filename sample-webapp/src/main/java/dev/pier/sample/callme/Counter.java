package dev.pier.sample.callme;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Atom;
import java.util.function.LongConsumer;

/// A `gen_server` in Java that counts: each call `next` returns 1, 2, 3, …; the cast `reset` starts again at 1.
///
/// Threads: its methods run one at a time, so the count needs no lock.
final class Counter implements GenServer {
    private static final Atom NEXT = Atom.of("next");
    private static final Atom RESET = Atom.of("reset");

    private final LongConsumer listener;
    private long count;

    /// @param listener receives each new count
    Counter(LongConsumer listener) {
        this.listener = listener;
    }

    @Override
    public void handleCall(Message request, From from) {
        if (request.term().equals(NEXT)) {
            from.reply(++count);
            listener.accept(count);
        } else {
            from.fail(Atom.of("badarg"));
        }
    }

    @Override
    public void handleCast(Message request) {
        if (request.term().equals(RESET)) {
            count = 0;
        }
    }
}
