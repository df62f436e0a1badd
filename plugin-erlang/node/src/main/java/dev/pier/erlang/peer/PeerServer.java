package dev.pier.erlang.peer;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Reply;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.term.Atom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A server that is registered under one name on the nodes of a peer. Each call and each cast goes to one of them.
///
/// Safe for many threads; has no threads of its own.
final class PeerServer implements GenServerRef {
    private final Atom name;
    private final PeerGroup group;
    private final PeerContext context;
    private final CallOptions options;

    PeerServer(Atom name, PeerGroup group, PeerContext context, CallOptions options) {
        this.name = name;
        this.group = group;
        this.context = context;
        this.options = options;
    }

    private RemoteServer on(PeerNode node) {
        return RemoteServer.of(name, node.name(), context.processes(), context.mapper(), options, CallListener.NONE);
    }

    @Override
    public Reply call(@Nullable Object request) {
        return call(request, options.timeout());
    }

    @Override
    public Reply call(@Nullable Object request, Duration timeout) {
        long started = System.nanoTime();
        long deadline = started + new CallOptions(timeout).timeout().toNanos();
        return group.run(
                context.listener(),
                started,
                deadline,
                false,
                node -> node.entered(() -> on(node).call(request, timeout, deadline)));
    }

    @Override
    public void cast(@Nullable Object request) {
        long started = System.nanoTime();
        long deadline = started + options.timeout().toNanos();
        Boolean _ = group.run(
                CallListener.NONE,
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
