package dev.pier.erlang.mailbox;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.etf.ValueMapper;
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

/// Starts the processes that an application asks for, sends for those parts of it that are none, and ends the processes
/// with the application. Safe for many threads.
public final class NodeProcesses implements AutoCloseable {
    private final ProcessContext environment;
    private volatile boolean closed;

    /// @param dropped counts the messages that full mailboxes drop
    /// @param application whose processes these are; names that an older version of it still has pass over to them
    public NodeProcesses(
            ProcessTable processes,
            ValueMapper mapper,
            MailboxSettings mailboxes,
            LongAdder dropped,
            String application) {
        this.environment = new ProcessContext(
                processes,
                new MessageSender(processes),
                mapper,
                mailboxes,
                dropped,
                application,
                ConcurrentHashMap.newKeySet());
    }

    public Mailbox mailbox() {
        return spawn(process -> new LocalMailbox(environment, process, process.toString()));
    }

    /// @throws IllegalStateException if the name is taken
    public Mailbox mailbox(String name) {
        LocalMailbox mailbox = spawn(process -> new LocalMailbox(environment, process, "'" + name + "'"));
        name(mailbox, name);
        return mailbox;
    }

    /// @throws IllegalStateException if the name is taken
    public ErlangProcess register(String name, MessageHandler handler) {
        HandlerProcess process = spawn(local -> new HandlerProcess(
                environment, local, name, handler.getClass(), self -> message -> handler.handle(message, self)));
        name(process, name);
        process.start();
        return process;
    }

    /// @throws IllegalStateException if the name is taken, or if the server's `init` throws
    public ErlangProcess register(String name, GenServer server) {
        HandlerProcess process = spawn(local -> new HandlerProcess(
                environment, local, name, server.getClass(), self -> new GenServerProcess(server, self)));
        name(process, name);
        boolean started = false;
        try {
            server.init(process);
            started = true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the server '" + name + "' does not start: " + e.getMessage(), e);
        } finally {
            if (!started) {
                process.process.end(ExitReason.SHUTDOWN);
            }
        }
        process.start();
        return process;
    }

    /// @throws IllegalStateException if the application has ended: nothing would end the process
    private <T extends AbstractJavaProcess> T spawn(Function<LocalProcess, T> bodies) {
        AtomicReference<@Nullable T> made = new AtomicReference<>();
        LocalProcess _ = environment.processes().spawn(process -> {
            T body = bodies.apply(process);
            made.set(body);
            environment.running().add(body);
            return body;
        });
        T started = Objects.requireNonNull(made.get());
        // Whoever closes goes through those that run after this has been set, and so one of the two sees the other.
        if (closed) {
            started.process.end(ExitReason.SHUTDOWN);
            throw new IllegalStateException("this node has been closed, and starts no process");
        }
        return started;
    }

    private void name(AbstractJavaProcess process, String name) {
        if (!environment.processes().register(Atom.of(name), process.process, this::isOlderVersions)) {
            process.close();
            throw new IllegalStateException("the name '" + name + "' is taken by another process of this node");
        }
    }

    private boolean isOlderVersions(LocalProcess holder) {
        return holder.body() instanceof AbstractJavaProcess own
                && !environment.running().contains(own)
                && own.environment.application().equals(environment.application());
    }

    public void send(Pid to, @Nullable Object message) {
        environment
                .courier()
                .send(
                        environment.processes().nobody(),
                        to,
                        environment.writing(message),
                        environment.connectDeadline());
    }

    public void send(String name, String node, @Nullable Object message) {
        environment
                .courier()
                .send(
                        environment.processes().nobody(),
                        Atom.of(name),
                        Atom.of(node),
                        environment.writing(message),
                        environment.connectDeadline());
    }

    /// @throws IllegalArgumentException if nobody is called so
    public void send(String name, @Nullable Object message) {
        environment.sendHere(environment.processes().nobody(), name, message);
    }

    /// Ends all processes that were started here, with the reason `shutdown`, and starts no more. Idempotent.
    @Override
    public void close() {
        closed = true;
        environment.running().forEach(body -> body.process.end(ExitReason.SHUTDOWN));
    }
}
