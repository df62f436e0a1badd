package dev.pier.erlang.mailbox;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The processes of one application: starts them, sends for code that is no process, and ends them with the
/// application.
///
/// Threads: any.
public final class NodeProcesses implements AutoCloseable {
    private final ProcessContext context;
    private volatile boolean closed;

    /// @param shared the memory for the messages of all processes of a runtime
    /// @param dropped counts the messages that full mailboxes drop
    /// @param endless the processes that end when the application begins to drain, or the server to stop
    /// @param application its processes take over the names of those of an older version of it
    public NodeProcesses(
            ProcessTable processes,
            ValueMapper mapper,
            MailboxSettings mailboxes,
            SharedBytes shared,
            LongAdder dropped,
            EndlessUses endless,
            String application) {
        this.context = new ProcessContext(
                processes,
                new MessageSender(processes),
                mapper,
                mailboxes,
                shared,
                dropped,
                endless,
                application,
                ConcurrentHashMap.newKeySet());
    }

    public Mailbox mailbox() {
        return spawn(process -> new LocalMailbox(context, process, process.toString()));
    }

    /// @throws IllegalStateException if the name is taken
    public Mailbox mailbox(String name) {
        LocalMailbox mailbox = spawn(process -> new LocalMailbox(context, process, "'" + name + "'"));
        name(mailbox, name);
        return mailbox;
    }

    /// @throws IllegalStateException if the name is taken
    public ErlangProcess register(String name, MessageHandler handler) {
        HandlerProcess process = unstarted(name, handler);
        name(process, name);
        process.start();
        return process;
    }

    /// Starts a process without a name.
    public ErlangProcess spawn(MessageHandler handler) {
        HandlerProcess process = unstarted(null, handler);
        process.start();
        return process;
    }

    private HandlerProcess unstarted(@Nullable String name, MessageHandler handler) {
        return unstarted(name, handler, self -> message -> handler.handle(message, self));
    }

    /// @throws IllegalStateException if the name is taken, or the server's `init` throws
    public ErlangProcess register(String name, GenServer server) {
        HandlerProcess process = unstarted(name, server);
        name(process, name);
        return started(process, server);
    }

    /// Starts a server without a name.
    ///
    /// @throws IllegalStateException if the server's `init` throws
    public ErlangProcess spawn(GenServer server) {
        return started(unstarted(null, server), server);
    }

    private HandlerProcess unstarted(@Nullable String name, GenServer server) {
        return unstarted(name, server, self -> new GenServerProcess(server, self));
    }

    private static ErlangProcess started(HandlerProcess process, GenServer server) {
        try {
            init(server, process);
        } catch (Throwable t) {
            process.process.end(ExitReason.SHUTDOWN);
            throw t;
        }
        process.start();
        return process;
    }

    /// @param name for messages and threads; `null` for the pid
    private HandlerProcess unstarted(
            @Nullable String name, Object handler, Function<HandlerProcess, HandlerProcess.Receiver> receivers) {
        return spawn(local -> new HandlerProcess(
                context, local, name == null ? local.toString() : name, handler.getClass(), receivers));
    }

    private static void init(GenServer server, HandlerProcess process) {
        try {
            server.init(process);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the server " + process + " did not start: " + e.getMessage(), e);
        }
    }

    /// @throws IllegalStateException if the application has ended, because nothing would end the process
    private <T extends AbstractJavaProcess> T spawn(Function<LocalProcess, T> bodies) {
        AtomicReference<@Nullable T> made = new AtomicReference<>();
        LocalProcess _ = context.processes().spawn(process -> {
            T body = bodies.apply(process);
            made.set(body);
            context.running().add(body);
            return body;
        });
        T started = Objects.requireNonNull(made.get());
        // close() goes through the running processes after it has set `closed`: one of the two sees the other.
        if (closed) {
            started.process.end(ExitReason.SHUTDOWN);
            throw new IllegalStateException("cannot start a process: the application has ended");
        }
        return started;
    }

    private void name(AbstractJavaProcess process, String name) {
        if (!context.processes().register(Atom.of(name), process.process, this::isOfOlderVersion)) {
            process.close();
            throw new IllegalStateException("cannot register '" + name + "': the name belongs to another process");
        }
    }

    private boolean isOfOlderVersion(LocalProcess holder) {
        return holder.body() instanceof AbstractJavaProcess body
                && !context.running().contains(body)
                && body.context.application().equals(context.application());
    }

    public void send(Pid to, @Nullable Object message) {
        context.sender()
                .send(context.processes().anonymousSender(), to, context.writing(message), context.connectDeadline());
    }

    public void send(String name, String node, @Nullable Object message) {
        context.sender()
                .send(
                        context.processes().anonymousSender(),
                        Atom.of(name),
                        Atom.of(node),
                        context.writing(message),
                        context.connectDeadline());
    }

    /// @throws IllegalArgumentException if no process of this node has the name
    public void send(String name, @Nullable Object message) {
        context.sendHere(context.processes().anonymousSender(), name, message);
    }

    /// Ends all processes of the application with the reason `shutdown`. No other can be started. Idempotent.
    @Override
    public void close() {
        closed = true;
        context.running().forEach(body -> body.process.end(ExitReason.SHUTDOWN));
    }
}
