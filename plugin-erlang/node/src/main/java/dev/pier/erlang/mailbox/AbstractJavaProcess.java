package dev.pier.erlang.mailbox;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// What mailboxes and processes with handlers have in common: what they can do, and an inbox.
///
/// Any thread may call; readers put messages in.
abstract class AbstractJavaProcess implements ErlangProcess, ProcessBody {
    private static final Logger log = LoggerFactory.getLogger(AbstractJavaProcess.class);
    private static final Atom MAILBOX_OVERFLOW = Atom.of("mailbox_overflow");

    final ProcessContext environment;
    final MessageQueue inbox;
    final LocalProcess process;
    private final AtomicBoolean warnedOfUnreadable = new AtomicBoolean();

    /// @param process whose body this becomes; it is not in the table yet
    AbstractJavaProcess(ProcessContext environment, LocalProcess process) {
        this.environment = environment;
        this.process = process;
        this.inbox = new MessageQueue(
                environment.mailboxes().messages(), environment.mailboxes().bytes());
    }

    /// Something has been put into the inbox.
    void arrived() {}

    /// The process has ended.
    void finished(ExitReason reason) {}

    @Override
    public final void message(EncodedTerm message) {
        switch (inbox.offer(EncodedMessage.sent(message, environment.decoding()), message)) {
            case TAKEN -> arrived();
            case FIRST_DROPPED -> overflow(true);
            case DROPPED -> overflow(false);
            case CLOSED -> {}
        }
    }

    private void overflow(boolean first) {
        environment.dropped().increment();
        switch (environment.mailboxes().overflow()) {
            case DROP -> {
                if (first) {
                    log.warn(
                            "The mailbox of {} is full: what comes now is dropped until there is room ({})",
                            this,
                            limits());
                }
            }
            case END -> {
                if (first) {
                    log.warn("The mailbox of {} is full, which ends the process ({})", this, limits());
                }
                process.end(ExitReason.of(MAILBOX_OVERFLOW));
            }
        }
    }

    private String limits() {
        MailboxSettings settings = environment.mailboxes();
        return "settings erlang.mailbox.messages = " + settings.messages() + ", erlang.mailbox.bytes = "
                + settings.bytes();
    }

    /// A message is no term, or beyond a limit. Warned of once: how often it happens is the sender's choice.
    final void unreadable(MalformedTerm problem) {
        log.atLevel(warnedOfUnreadable.getAndSet(true) ? Level.DEBUG : Level.WARN)
                .log("A message to {} cannot be decoded and is dropped: {}", this, problem.getMessage());
    }

    @Override
    public final void exit(Pid from, ExitReason reason) {
        inbox.add(EncodedMessage.exit(from, reason, environment.decoding()));
        arrived();
    }

    @Override
    public final void down(Reference monitor, Term object, ExitReason reason) {
        inbox.add(EncodedMessage.down(monitor, object, reason, environment.decoding()));
        arrived();
    }

    @Override
    public final void ended(ExitReason reason) {
        environment.running().remove(this);
        inbox.close();
        finished(reason);
    }

    /// @throws ProcessEnded if the process has ended
    final void requireAlive() {
        if (!process.isAlive()) {
            throw hasEnded();
        }
    }

    final ProcessEnded hasEnded() {
        Term why = process.ended().orElseThrow().term();
        return new ProcessEnded("the process " + this + " has ended: " + Excerpt.of(why), why);
    }

    private <T> T living(Supplier<T> action) {
        requireAlive();
        try {
            return action.get();
        } catch (IllegalStateException e) {
            if (process.isAlive()) {
                throw e;
            }
            throw hasEnded();
        }
    }

    @Override
    public final Pid self() {
        return process.pid();
    }

    @Override
    public final boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public final void send(Pid to, @Nullable Object message) {
        requireAlive();
        environment.courier().send(self(), to, environment.writing(message), environment.connectDeadline());
    }

    @Override
    public final void send(String name, String node, @Nullable Object message) {
        requireAlive();
        environment
                .courier()
                .send(
                        self(),
                        Atom.of(name),
                        Atom.of(node),
                        environment.writing(message),
                        environment.connectDeadline());
    }

    @Override
    public final void send(String name, @Nullable Object message) {
        requireAlive();
        environment.sendHere(self(), name, message);
    }

    @Override
    public final void link(Pid other) {
        living(() -> {
            process.link(other, environment.connectDeadline());
            return other;
        });
    }

    @Override
    public final void unlink(Pid other) {
        requireAlive();
        process.unlink(other);
    }

    @Override
    public final Reference monitor(Pid other) {
        return living(() -> process.monitor(other, environment.connectDeadline()));
    }

    @Override
    public final Reference monitor(String name, String node) {
        return living(() -> process.monitor(Atom.of(name), Atom.of(node), environment.connectDeadline()));
    }

    @Override
    public final void demonitor(Reference monitor) {
        requireAlive();
        if (!process.demonitor(monitor)) {
            inbox.removeIf(message -> message.isDown(monitor));
        }
    }

    @Override
    public final void exit(Pid other, @Nullable Object reason) {
        requireAlive();
        environment
                .courier()
                .exit(self(), other, ExitReason.of(environment.term(reason)), environment.connectDeadline());
    }

    @Override
    public final void trapExit(boolean trap) {
        requireAlive();
        process.trapExits(trap);
    }

    @Override
    public final void end(Object reason) {
        process.end(ExitReason.of(environment.term(reason)));
    }

    @Override
    public final void close() {
        process.end(ExitReason.NORMAL);
    }
}
