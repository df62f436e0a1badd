package dev.pier.erlang.call;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A server by its global name. This node is hidden and takes no part in `global`, so a peer that does is asked for the
/// server's pid at each call. OTP: gen.erl:do_for_proc/2
///
/// Safe for many threads; has no threads of its own.
public final class GlobalServer extends ServerRef {
    private final String name;
    private final Peer peer;
    private final CallListener listener;
    private final Function<Pid, RemoteServer> servers;

    /// @param peer the peer that is asked
    /// @param listener of the calls to the server
    /// @param servers gives the server by its pid
    public GlobalServer(
            String name,
            Peer peer,
            ValueMapper mapper,
            Supplier<CallOptions> options,
            CallListener listener,
            Function<Pid, RemoteServer> servers) {
        super(mapper, options);
        this.name = name;
        this.peer = peer;
        this.listener = listener;
        this.servers = servers;
    }

    @Override
    protected CallListener listener() {
        return listener;
    }

    private Optional<Pid> find(Duration timeout) {
        return peer.with(new CallOptions(timeout))
                                .call("global", "whereis_name", Atom.of(name))
                                .term()
                        instanceof Pid pid
                ? Optional.of(pid)
                : Optional.empty();
    }

    @Override
    protected Reply call(Consumer<EtfOutput> request, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Pid server = find(timeout)
                .orElseThrow(() -> RemoteExit.beforeSending(this + " does not exist", ExitReason.NOPROC.term()));
        return servers.apply(server).call(request, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    }

    @Override
    public void cast(@Nullable Object request) {
        find(options().timeout()).ifPresent(server -> servers.apply(server).cast(request));
    }

    @Override
    public String toString() {
        return "the server {global," + name + "} that " + peer.nodeName() + " knows";
    }
}
