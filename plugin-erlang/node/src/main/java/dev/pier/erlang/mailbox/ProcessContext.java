package dev.pier.erlang.mailbox;

import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.EndlessUses;
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

/// The state that all processes of an application share.
///
/// @param running the living processes
/// @param shared the memory for the messages of all processes of a runtime
/// @param dropped counts the messages that full mailboxes have dropped
/// @param endless the processes that end when the application begins to drain, or the server to stop
/// @param application the name of the application: a newer version of it takes over the names of an older one
record ProcessContext(
        ProcessTable processes,
        MessageSender sender,
        ValueMapper mapper,
        MailboxSettings mailboxes,
        SharedBytes shared,
        LongAdder dropped,
        EndlessUses endless,
        String application,
        Set<AbstractJavaProcess> running) {
    /// The time in which a send must get its connection.
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    EncodedMessage.Decoding decoding() {
        return new EncodedMessage.Decoding(mapper, processes.decodeLimits());
    }

    long connectDeadline() {
        return System.nanoTime() + CONNECT_TIMEOUT.toNanos();
    }

    /// Sends to the process of this node that is registered under a name.
    ///
    /// @throws IllegalArgumentException if there is none
    void sendHere(Pid from, String name, @Nullable Object message) {
        LocalProcess to = processes
                .whereis(Atom.of(name))
                .orElseThrow(
                        () -> new IllegalArgumentException("no process of this node is registered as '" + name + "'"));
        sender.send(from, to.pid(), writing(message), connectDeadline());
    }

    Consumer<EtfOutput> writing(@Nullable Object value) {
        return out -> mapper.write(value, out);
    }

    /// A value as a term, for an exit reason.
    Term term(@Nullable Object value) {
        if (value instanceof Term term) {
            // Checked now, because a term that cannot be encoded must not turn up while exit signals are sent.
            TermEncoder.encode(term, new EtfOutput(64));
            return term;
        }
        EtfOutput out = new EtfOutput(64);
        mapper.write(value, out);
        return EncodedTerm.of(out.toByteArray()).decode(processes.decodeLimits());
    }
}
