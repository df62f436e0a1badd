package dev.pier.erlang.mailbox;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessSnapshot;
import dev.pier.erlang.term.Term;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A process whose messages a handler gets, one at a time and in their order.
///
/// Threads: a virtual thread runs the handler, and lives as long as there are messages. The lock guards the fields
/// that steer it; the handler runs without the lock.
final class HandlerProcess extends AbstractJavaProcess {
    private static final Logger log = LoggerFactory.getLogger(HandlerProcess.class);

    /// Handles the messages, on the process's thread.
    interface Receiver {
        void message(EncodedMessage message) throws Exception;

        /// The process has ended. This is the last call.
        default void terminated(Term reason) throws Exception {}
    }

    private final String name;
    private final @Nullable ClassLoader loader;
    private final Receiver receiver;
    private final Object lock = new Object();

    /// Guarded by `lock`, as all that follow.
    private @Nullable Thread thread;

    private @Nullable ExitReason end;
    private boolean terminated;
    private boolean started;

    /// @param handler the class whose loader becomes the context class loader of the thread
    HandlerProcess(
            ProcessContext context,
            LocalProcess process,
            String name,
            Class<?> handler,
            Function<HandlerProcess, Receiver> receivers) {
        super(context, process);
        this.name = name;
        this.loader = handler.getClassLoader();
        this.receiver = receivers.apply(this);
    }

    /// Starts the handling of messages. Those that have arrived before wait in the queue.
    void start() {
        synchronized (lock) {
            started = true;
        }
        arrived();
    }

    @Override
    ProcessSnapshot.Role role() {
        return receiver instanceof GenServerProcess ? ProcessSnapshot.Role.SERVER : ProcessSnapshot.Role.HANDLER;
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
            EncodedMessage message = queue.poll();
            if (message != null) {
                handle(message);
                continue;
            }
            ExitReason ended;
            synchronized (lock) {
                ended = end;
                if (ended == null && queue.size() == 0) {
                    // The next message starts another thread.
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
            // Errors as well: without its thread the process would silently handle no further message.
            if (isAlive()) {
                log.error("The handler of '{}' failed on a message; the process goes on", name, e);
            } else {
                log.debug("The handler of '{}' failed on a message: the process has ended", name, e);
            }
        }
        // An interrupt during this message must not reach the next one.
        boolean _ = Thread.interrupted();
    }

    private void terminate(ExitReason reason) {
        boolean _ = Thread.interrupted();
        try {
            receiver.terminated(reason.term());
        } catch (Throwable e) {
            log.error("The handler of '{}' failed on the end of its process", name, e);
        }
    }

    @Override
    public String toString() {
        return "'" + name + "'";
    }
}
