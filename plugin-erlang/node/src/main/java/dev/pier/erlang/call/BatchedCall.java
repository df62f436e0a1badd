package dev.pier.erlang.call;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// One call that the peer's [CallBatcher] runs, in a process that only the helper knows. Safe for many threads.
///
/// ```
/// {call, Ref, Module, Function, Arguments}    {cancel, Ref}
/// ```
/// A small answer comes among those that the helper has gathered, a large one as a message to the reference.
final class BatchedCall implements RemoteExecution {
    private static final Atom CALL = Atom.of("call");
    private static final Atom CANCEL = Atom.of("cancel");

    private final Session session;
    private final Pid helper;
    private final Reference id;
    private final AtomicBoolean over = new AtomicBoolean();

    BatchedCall(Session session, Pid helper) {
        this.session = session;
        this.helper = helper;
        this.id = session.identifiers().nextReference();
    }

    /// Sends the request. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param holder told of what becomes of it
    /// @param arguments writes the list of arguments
    /// @throws dev.pier.erlang.BadArgument if an argument has no Erlang form
    /// @throws dev.pier.erlang.Overloaded if a bound is reached
    /// @return false if the helper has just ended; then nothing was sent
    boolean start(PendingReply holder, Atom module, Atom function, Consumer<EtfOutput> arguments)
            throws ConnectionEnded {
        session.pendingReplies().register(id, holder);
        boolean sent = false;
        try {
            // Whoever ends the helper's calls goes through the table after this has changed.
            if (!helper.equals(session.batcher().orElse(null))) {
                return false;
            }
            session.send(toHelper(), session.nodePid(), out -> {
                TermEncoder.encodeTupleHeader(5, out);
                TermEncoder.encodeAtom(CALL, out);
                TermEncoder.encodeReference(id, out);
                TermEncoder.encodeAtom(module, out);
                TermEncoder.encodeAtom(function, out);
                arguments.accept(out);
            });
            sent = true;
            return true;
        } finally {
            if (!sent) {
                session.pendingReplies().remove(id);
            }
        }
    }

    private ControlMessage toHelper() {
        return new ControlMessage.Send(session.nodePid(), helper);
    }

    @Override
    public Reference tag() {
        return id;
    }

    /// Where a small answer or the end of the connection was reported, the table has forgotten the call already.
    @Override
    public void ended() {
        over.set(true);
        session.pendingReplies().remove(id);
    }

    @Override
    public void abandon() {
        if (over.compareAndSet(false, true)) {
            session.pendingReplies().remove(id);
            session.sendRequired(toHelper(), session.nodePid(), out -> {
                TermEncoder.encodeTupleHeader(2, out);
                TermEncoder.encodeAtom(CANCEL, out);
                TermEncoder.encodeReference(id, out);
            });
        }
    }
}
