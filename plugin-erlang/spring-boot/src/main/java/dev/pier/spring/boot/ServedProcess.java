package dev.pier.spring.boot;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.term.Term;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A process of the application that finishes the message which it is handling before it ends.
///
/// *Threads.* The process has one; the one that stops the application ends it. The lock is held while a message
/// is handled.
final class ServedProcess {
    private final ReentrantLock handling = new ReentrantLock();
    private volatile boolean ended;
    private volatile @Nullable ErlangProcess process;

    private interface Work {
        void run() throws Exception;
    }

    void registered(ErlangProcess its) {
        process = its;
    }

    /// Ends the process when its current message has been handled, at the latest at the deadline.
    ///
    /// @param deadline as of [System#nanoTime]
    void end(long deadline) {
        boolean idle = false;
        try {
            idle = handling.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            ended = true;
            ErlangProcess its = process;
            if (its != null) {
                its.close();
            }
        } finally {
            if (idle) {
                handling.unlock();
            }
        }
    }

    private void handle(Work work) throws Exception {
        handling.lock();
        try {
            if (!ended) {
                work.run();
            }
        } finally {
            handling.unlock();
        }
    }

    MessageHandler handler(MessageHandler handler) {
        return (message, self) -> handle(() -> handler.handle(message, self));
    }

    GenServer server(GenServer server) {
        return new GenServer() {
            @Override
            public void init(ErlangProcess self) throws Exception {
                server.init(self);
            }

            @Override
            public void handleCall(Message request, From from) throws Exception {
                handle(() -> server.handleCall(request, from));
            }

            @Override
            public void handleCast(Message request) throws Exception {
                handle(() -> server.handleCast(request));
            }

            @Override
            public void handleInfo(Message message) throws Exception {
                handle(() -> server.handleInfo(message));
            }

            @Override
            public @Nullable Object debugState() {
                return server.debugState();
            }

            @Override
            public void terminate(Term reason) throws Exception {
                server.terminate(reason);
            }
        };
    }
}
