package dev.pier.erlang.mailbox;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.GenCaller;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessSnapshot;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The common part of mailboxes and processes with handlers: the methods of [ErlangProcess], and a message
/// queue.
///
/// Threads: any; readers add messages.
abstract class AbstractJavaProcess implements ErlangProcess, ProcessBody {
    private static final Logger log = LoggerFactory.getLogger(AbstractJavaProcess.class);
    private static final Atom MAILBOX_OVERFLOW = Atom.of("mailbox_overflow");

    final ProcessContext context;
    final MessageQueue queue;
    final LocalProcess process;
    private final AtomicBoolean warnedOfUnreadable = new AtomicBoolean();

    /// @param process the process of which this becomes the body; not in the table yet
    AbstractJavaProcess(ProcessContext context, LocalProcess process) {
        this.context = context;
        this.process = process;
        this.queue = new MessageQueue(
                context.mailboxes().messages(), context.mailboxes().bytes(), context.shared());
    }

    /// Something has been added to the queue.
    void arrived() {}

    /// The process has ended, and its queue is closed.
    void finished(ExitReason reason) {}

    @Override
    public final void message(EncodedTerm message) {
        message(message, here());
    }

    @Override
    public final void message(Session session, EncodedTerm message) {
        message(message, session.peer());
    }

    private Atom here() {
        return context.processes().identifiers().node();
    }

    private void message(EncodedTerm message, Atom sender) {
        switch (queue.offer(EncodedMessage.received(message, context.decoding(), this::replyTo), message, sender)) {
            case ADDED -> arrived();
            case FIRST_DROPPED -> dropped(message, true);
            case DROPPED -> dropped(message, false);
            case CLOSED -> {}
        }
    }

    private GenServer.From replyTo(GenCaller caller) {
        return new GenReply(this, caller);
    }

    private void dropped(EncodedTerm message, boolean first) {
        overflow(first);
        failCaller(message);
    }

    @Override
    public final void oversized(Session session, EncodedTerm head, String limit) {
        failCaller(head);
    }

    /// Fails the call that a discarded message would have been: its caller may wait without a timeout.
    ///
    /// @param message or the begin of one
    private void failCaller(EncodedTerm message) {
        GenCaller.of(message, context.processes().decodeLimits())
                .flatMap(GenCaller::monitor)
                .ifPresent(monitor -> process.failMonitor(monitor, ExitReason.SYSTEM_LIMIT));
    }

    private void overflow(boolean first) {
        context.dropped().increment();
        switch (context.mailboxes().overflow()) {
            case DROP -> {
                if (first) {
                    log.warn("Dropping messages to {}: its mailbox is full ({})", this, limits());
                }
            }
            case END -> {
                if (first) {
                    log.warn("Ending the process {}: its mailbox is full ({})", this, limits());
                }
                process.end(ExitReason.of(MAILBOX_OVERFLOW));
            }
        }
    }

    private String limits() {
        MailboxSettings settings = context.mailboxes();
        return "settings erlang.mailbox.messages = " + settings.messages() + ", erlang.mailbox.bytes = "
                + settings.bytes() + "; over all mailboxes erlang.mailbox.total-bytes = "
                + context.shared().max();
    }

    /// Logs a message that cannot be decoded. Only the first is a warning, because the sender decides how many
    /// there are.
    final void unreadable(MalformedTerm problem) {
        log.atLevel(warnedOfUnreadable.getAndSet(true) ? Level.DEBUG : Level.WARN)
                .log("Dropped a message to {}: it cannot be decoded: {}", this, problem.getMessage());
    }

    @Override
    public final boolean exit(Pid from, ExitReason reason) {
        return switch (queue.add(EncodedMessage.exit(from, reason, context.decoding()), from.node())) {
            case ADDED -> {
                arrived();
                yield true;
            }
            case FIRST_DROPPED, DROPPED -> false;
            case CLOSED -> true;
        };
    }

    @Override
    public final void overflowed() {
        overflow(queue.dropped() == 1);
    }

    @Override
    public final void down(Reference monitor, Term object, ExitReason reason) {
        Atom sender = object instanceof Pid pid ? pid.node() : here();
        var _ = queue.add(EncodedMessage.down(monitor, object, reason, context.decoding()), sender);
        arrived();
    }

    @Override
    public final void ended(ExitReason reason) {
        context.running().remove(this);
        queue.close();
        finished(reason);
    }

    /// @throws ProcessEnded if the process has ended
    final void requireAlive() {
        if (!process.isAlive()) {
            throw hasEnded();
        }
    }

    final ProcessEnded hasEnded() {
        Term reason = process.exitReason().orElseThrow().term();
        return new ProcessEnded("the process " + this + " has ended: " + Excerpt.of(reason), reason);
    }

    @Override
    public final Pid self() {
        return process.pid();
    }

    @Override
    public final ProcessSnapshot.Activity activity() {
        return new ProcessSnapshot.Activity(role(), queue.size(), queue.bytes());
    }

    abstract ProcessSnapshot.Role role();

    @Override
    public final boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public final void send(Pid to, @Nullable Object message) {
        requireAlive();
        context.sender().send(self(), to, context.writing(message), context.connectDeadline());
    }

    @Override
    public final void send(String name, String node, @Nullable Object message) {
        requireAlive();
        context.sender()
                .send(self(), Atom.of(name), Atom.of(node), context.writing(message), context.connectDeadline());
    }

    @Override
    public final void send(String name, @Nullable Object message) {
        requireAlive();
        context.sendHere(self(), name, message);
    }

    @Override
    public final void send(Reference alias, @Nullable Object message) {
        requireAlive();
        context.sender().send(self(), alias, context.writing(message), context.connectDeadline());
    }

    @Override
    public final Reference makeRef() {
        requireAlive();
        return context.processes().identifiers().nextReference();
    }

    @Override
    public final Set<Pid> links() {
        requireAlive();
        return Set.copyOf(process.linked());
    }

    @Override
    public final void link(Pid other) {
        requireAlive();
        process.link(other, context.connectDeadline());
    }

    @Override
    public final void unlink(Pid other) {
        requireAlive();
        process.unlink(other);
    }

    @Override
    public final Reference monitor(Pid other) {
        requireAlive();
        return process.monitor(other, context.connectDeadline());
    }

    @Override
    public final Reference monitor(String name, String node) {
        requireAlive();
        return process.monitor(Atom.of(name), Atom.of(node), context.connectDeadline());
    }

    @Override
    public final void demonitor(Reference monitor) {
        requireAlive();
        if (!process.demonitor(monitor)) {
            queue.removeIf(message -> message.isDown(monitor));
        }
    }

    @Override
    public final void exit(Pid other, @Nullable Object reason) {
        requireAlive();
        context.sender().exit(self(), other, ExitReason.of(context.term(reason)), context.connectDeadline());
    }

    @Override
    public final void trapExit(boolean trap) {
        requireAlive();
        process.trapExits(trap);
    }

    @Override
    public final void end(Object reason) {
        process.end(ExitReason.of(context.term(reason)));
    }

    @Override
    public final void close() {
        process.end(ExitReason.NORMAL);
    }
}
