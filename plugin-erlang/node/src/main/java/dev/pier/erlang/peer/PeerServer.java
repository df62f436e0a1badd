package dev.pier.erlang.peer;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Reply;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.call.ServerRef;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.CallKind;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A server that is registered under one name on the nodes of a peer. Each call and each cast goes to one of them.
///
/// Safe for many threads; has no threads of its own.
final class PeerServer extends ServerRef {
    private final Atom name;
    private final PeerGroup group;
    private final PeerContext context;

    PeerServer(Atom name, PeerGroup group, PeerContext context, Supplier<CallOptions> options) {
        super(context.mapper(), options);
        this.name = name;
        this.group = group;
        this.context = context;
    }

    private RemoteServer on(PeerNode node) {
        return RemoteServer.of(name, node.name(), context.processes(), context.mapper(), options(), CallListener.NONE);
    }

    @Override
    protected CallListener listener() {
        return context.listener();
    }

    @Override
    protected Reply call(Consumer<EtfOutput> request, Duration timeout) {
        long started = System.nanoTime();
        long deadline = started + timeout.toNanos();
        return group.run(
                listener().begin(CallKind.SERVER_CALL, name),
                started,
                deadline,
                false,
                node -> node.entered(() -> on(node).call(request, timeout, deadline)));
    }

    @Override
    public void cast(@Nullable Object request) {
        long started = System.nanoTime();
        long deadline = started + options().timeout().toNanos();
        Boolean _ = group.run(
                listener().begin(CallKind.SERVER_CAST, name),
                started,
                deadline,
                false,
                node -> node.entered(() -> {
                    on(node).cast(request, deadline);
                    return true;
                }));
    }

    @Override
    public String toString() {
        return "GenServerRef[" + name + " on " + group + "]";
    }
}
