package dev.pier.erlang.mailbox;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.GenCaller;
import dev.pier.erlang.term.Pid;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answer to one `gen` call. Only the first is sent: the caller would discard a second one.
///
/// Threads: any.
final class GenReply implements GenServer.From {
    private static final Logger log = LoggerFactory.getLogger(GenReply.class);

    private final AbstractJavaProcess self;
    private final GenCaller caller;
    private final AtomicBoolean answered = new AtomicBoolean();

    GenReply(AbstractJavaProcess self, GenCaller caller) {
        this.self = self;
        this.caller = caller;
    }

    @Override
    public Pid pid() {
        return caller.pid();
    }

    @Override
    public void reply(@Nullable Object answer) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        ProcessContext context = self.context;
        try {
            context.sender()
                    .reply(self.self(), caller.pid(), caller.tag(), context.writing(answer), context.connectDeadline());
        } catch (NotConnected e) {
            log.debug("Discarded an answer to {}: {}", caller.pid(), e.getMessage());
        } catch (ErlangException e) {
            // Nothing was sent: the server may still send another answer, or fail the call.
            answered.set(false);
            throw e;
        }
    }

    @Override
    public void fail(Object reason) {
        ExitReason exitReason = ExitReason.of(self.context.term(reason));
        if (answered.compareAndSet(false, true)) {
            caller.monitor().ifPresent(monitor -> self.process.failMonitor(monitor, exitReason));
        }
    }

    @Override
    public String toString() {
        return "From[" + caller.pid() + "]";
    }
}
