package dev.pier.sample.callme;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Atom;
import java.util.function.LongConsumer;

/// A `gen_server` in Java: `next` gives 1, 2, 3, …; the cast `reset` begins anew.
///
/// Its methods run one at a time, so the count needs no lock.
final class Counter implements GenServer {
    private static final Atom NEXT = Atom.of("next");
    private static final Atom RESET = Atom.of("reset");

    private final LongConsumer counted;
    private long count;

    /// @param counted told each count
    Counter(LongConsumer counted) {
        this.counted = counted;
    }

    @Override
    public void handleCall(Message request, From from) {
        if (request.term().equals(NEXT)) {
            from.reply(++count);
            counted.accept(count);
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
