package dev.pier.erlang.peer;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Balance;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.call.ServerRef;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.trace.CallKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The members of a `pg` group as one server. Each call and each cast goes to one of them, chosen as among the
/// nodes of the peer. This node takes no part in `pg`.
///
/// Safe for many threads; has no threads of its own.
final class PgServer extends ServerRef {
    /// The preference among members by the state of their nodes, the best first.
    private static final int OPEN = 0;

    private static final int STARTING = 1;
    private static final int UNCONNECTED = 2;
    private static final int DRAINING = 3;

    private final PgGroup group;
    private final RemotePeer peer;
    private final PeerGroup nodes;

    /// @param nodes has the balance
    PgServer(PgGroup group, RemotePeer peer, PeerGroup nodes, Supplier<CallOptions> options) {
        super(peer.context().mapper(), options);
        this.group = group;
        this.peer = peer;
        this.nodes = nodes;
    }

    @Override
    protected CallListener listener() {
        return peer.context().listener();
    }

    @Override
    protected Reply call(Consumer<EtfOutput> request, Duration timeout) {
        long started = System.nanoTime();
        long deadline = started + timeout.toNanos();
        return run(
                listener().begin(CallKind.SERVER_CALL, group),
                started,
                deadline,
                server -> server.call(request, timeout, deadline));
    }

    @Override
    public void cast(@Nullable Object request) {
        long started = System.nanoTime();
        long deadline = started + options().timeout().toNanos();
        Boolean _ = run(listener().begin(CallKind.SERVER_CAST, group), started, deadline, server -> {
            server.cast(request, deadline);
            return true;
        });
    }

    private <T> T run(CallListener listener, long started, long deadline, Function<RemoteServer, T> call) {
        Pid member = null;
        ErlangException failure = null;
        try {
            List<Pid> left = new ArrayList<>(group.members(peer, deadline));
            while (true) {
                member = pick(left, failure);
                try {
                    T result = on(member, call);
                    failure = null;
                    return result;
                } catch (ErlangException e) {
                    failure = e;
                    left.remove(member);
                    if (left.isEmpty() || e.maybeExecuted() || e instanceof BadArgument) {
                        throw e;
                    }
                }
            }
        } catch (ErlangException e) {
            failure = e;
            throw e;
        } finally {
            listener.ended(member == null ? null : member.node().name(), failure, System.nanoTime() - started);
        }
    }

    private <T> T on(Pid member, Function<RemoteServer, T> call) {
        PeerContext context = peer.context();
        RemoteServer server =
                RemoteServer.of(member, context.processes(), context.mapper(), options(), CallListener.NONE);
        group.enter(member);
        try {
            return context.processes().isLocal(member.node())
                    ? call.apply(server)
                    : new PeerNode(context.processes().link(member.node())).entered(() -> call.apply(server));
        } finally {
            group.leave(member);
        }
    }

    /// The members are chosen as the nodes are, see [PeerGroup].
    private Pid pick(List<Pid> members, @Nullable ErlangException before) {
        Balance balance = nodes.balance();
        List<Pid> best = new ArrayList<>();
        int bestLevel = DRAINING;
        int fewest = 0;
        for (Pid member : members) {
            int level = level(member);
            if (level == DRAINING || level > bestLevel) {
                continue;
            }
            int running = balance == Balance.LEAST_CALLS ? group.running(member) : 0;
            if (level < bestLevel || running < fewest) {
                best.clear();
                bestLevel = level;
                fewest = running;
            }
            if (running == fewest) {
                best.add(member);
            }
        }
        if (best.isEmpty()) {
            throw before != null
                    ? before
                    : members.isEmpty()
                            ? RemoteExit.beforeSending(group + " has no member", ExitReason.NOPROC.term())
                            : new NotConnected("no member of " + group + " takes calls: their nodes drain");
        }
        return switch (balance) {
            case FIRST -> best.getFirst();
            case ROUND_ROBIN -> best.get(Math.floorMod(nodes.turns().getAndIncrement(), best.size()));
            case LEAST_CALLS -> best.get(ThreadLocalRandom.current().nextInt(best.size()));
        };
    }

    private int level(Pid member) {
        if (peer.context().processes().isLocal(member.node())) {
            return OPEN;
        }
        PeerLink link = peer.context().processes().link(member.node());
        new PeerNode(link).connectIfUnused();
        if (!link.isConnected()) {
            return UNCONNECTED;
        }
        return link.gate().isDraining() ? DRAINING : link.gate().isStarting() ? STARTING : OPEN;
    }

    @Override
    public String toString() {
        return "GenServerRef[" + group + "]";
    }
}
