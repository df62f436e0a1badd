package dev.pier.erlang.mailbox;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.term.Term;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A process whose messages are given to a handler, one at a time and in their order, on a virtual thread that lives as
/// long as there are messages.
///
/// The lock guards the thread and what it is told; the handler runs outside of it.
final class HandlerProcess extends AbstractJavaProcess {
    private static final Logger log = LoggerFactory.getLogger(HandlerProcess.class);

    /// What is done with messages. Called on the process's thread.
    interface Receiver {
        void message(EncodedMessage message) throws Exception;

        /// The process has ended; nothing is called after this.
        default void terminated(Term reason) throws Exception {}
    }

    private final String name;
    private final @Nullable ClassLoader loader;
    private final Receiver receiver;
    private final Object lock = new Object();
    private @Nullable Thread thread;
    private @Nullable ExitReason end;
    private boolean terminated;
    private boolean started;

    /// @param handler whose classes the thread sees, whichever thread starts it
    HandlerProcess(
            ProcessContext environment,
            LocalProcess process,
            String name,
            Class<?> handler,
            Function<HandlerProcess, Receiver> receivers) {
        super(environment, process);
        this.name = name;
        this.loader = handler.getClassLoader();
        this.receiver = receivers.apply(this);
    }

    /// Begins to give messages to the handler.
    void start() {
        synchronized (lock) {
            started = true;
        }
        arrived();
    }

    @Override
    void arrived() {
        synchronized (lock) {
            if (thread == null && started && !terminated) {
                Thread next = Thread.ofVirtual().name("erlang-" + name).unstarted(this::run);
                next.setContextClassLoader(loader);
                thread = next;
                next.start();
            }
        }
    }

    @Override
    void finished(ExitReason reason) {
        synchronized (lock) {
            end = reason;
            Thread running = thread;
            if (running != null && !running.equals(Thread.currentThread())) {
                running.interrupt();
            }
        }
        arrived();
    }

    private void run() {
        while (true) {
            EncodedMessage message = inbox.poll();
            if (message != null) {
                handle(message);
                continue;
            }
            ExitReason ended;
            synchronized (lock) {
                ended = end;
                if (ended == null && inbox.size() == 0) {
                    // Whoever puts in the next message starts another one.
                    thread = null;
                    return;
                }
                terminated = ended != null;
            }
            if (ended != null) {
                terminate(ended);
                return;
            }
        }
    }

    private void handle(EncodedMessage message) {
        try {
            receiver.message(message);
        } catch (MalformedTerm e) {
            unreadable(e);
        } catch (Throwable e) {
            // Errors too: a process whose thread has died would take no message any more, and tell nobody.
            if (isAlive()) {
                log.error("The process '{}' failed on a message and goes on", name, e);
            } else {
                log.debug("The process '{}' was ended while it worked", name, e);
            }
        }
        // An interrupt that was meant for this message only, or for none, must not hit the next one.
        boolean _ = Thread.interrupted();
    }

    private void terminate(ExitReason reason) {
        boolean _ = Thread.interrupted();
        try {
            receiver.terminated(reason.term());
        } catch (Throwable e) {
            log.error("The process '{}' failed at its end", name, e);
        }
    }

    @Override
    public String toString() {
        return "'" + name + "'";
    }
}
