package dev.pier.erlang.mailbox;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What all processes of an application share.
///
/// @param running those that live now
/// @param dropped counts the messages that full mailboxes have dropped
/// @param application whose processes these are: a newer version of it takes over the names of an older one
record ProcessContext(
        ProcessTable processes,
        MessageSender courier,
        ValueMapper mapper,
        MailboxSettings mailboxes,
        LongAdder dropped,
        String application,
        Set<AbstractJavaProcess> running) {
    /// How long a send waits for a connection that is not there yet.
    private static final Duration CONNECT = Duration.ofSeconds(5);

    EncodedMessage.Decoding decoding() {
        return new EncodedMessage.Decoding(mapper, processes.limits());
    }

    long connectDeadline() {
        return System.nanoTime() + CONNECT.toNanos();
    }

    /// Sends to whoever is registered here under a name.
    ///
    /// @throws IllegalArgumentException if nobody is
    void sendHere(Pid from, String name, @Nullable Object message) {
        LocalProcess to = processes
                .whereis(Atom.of(name))
                .orElseThrow(() -> new IllegalArgumentException("nobody is registered here as '" + name + "'"));
        courier.send(from, to.pid(), writing(message), connectDeadline());
    }

    Consumer<EtfOutput> writing(@Nullable Object value) {
        return out -> mapper.write(value, out);
    }

    /// A value as a term, as an exit reason has to be.
    Term term(@Nullable Object value) {
        if (value instanceof Term term) {
            // Checked now: what has no encoded form must not come up when linked processes are told.
            TermEncoder.encode(term, new EtfOutput(64));
            return term;
        }
        EtfOutput out = new EtfOutput(64);
        mapper.write(value, out);
        return EncodedTerm.of(out.toByteArray()).decode(processes.limits());
    }
}
