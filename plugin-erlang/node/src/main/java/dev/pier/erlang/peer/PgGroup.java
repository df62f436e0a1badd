package dev.pier.erlang.peer;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One `pg` group as the nodes of a peer know it, and the calls that run on its members. All applications share it.
///
/// Where OTP has `pg:monitor/2` (25.1 and later), a node of the peer keeps the members current; elsewhere it is
/// asked before each call. When that node is lost, the next call asks another one.
///
/// Threads: any. One of the callers that need the members asks; the others wait for it.
final class PgGroup {
    private static final Atom PG = Atom.of("pg");

    private final Atom scope;
    private final Term group;
    private final Map<Pid, Integer> running = new ConcurrentHashMap<>();
    private final Object lock = new Object();

    /// Guarded by the lock. Completed with the subscription, or empty if the node has no `pg:monitor/2`.
    private @Nullable CompletableFuture<Optional<PgSubscription>> current;

    PgGroup(Atom scope, Term group) {
        this.scope = scope;
        this.group = group;
    }

    /// The members now.
    ///
    /// @throws ErlangException if no node of the peer can be asked
    List<Pid> members(RemotePeer peer, long deadline) {
        CompletableFuture<Optional<PgSubscription>> asked;
        boolean ask = false;
        synchronized (lock) {
            if (current == null || isOver(current)) {
                current = new CompletableFuture<>();
                ask = true;
            }
            asked = current;
        }
        if (ask) {
            try {
                asked.complete(subscribe(peer, deadline));
            } catch (RuntimeException | Error e) {
                asked.completeExceptionally(e);
                throw e;
            }
        }
        Optional<List<Pid>> known = await(asked, deadline).flatMap(PgSubscription::members);
        // Without a subscription, and when it has just ended, the members are asked for each time.
        return known.orElseGet(() -> PgSubscription.pids(
                peer.before(deadline).call("pg", "get_members", scope, group).term()));
    }

    /// Whether another attempt is due.
    private static boolean isOver(CompletableFuture<Optional<PgSubscription>> asked) {
        return asked.isCompletedExceptionally()
                || (asked.isDone()
                        && asked.join()
                                .filter(subscription -> subscription.members().isEmpty())
                                .isPresent());
    }

    /// @return empty if the node has no `pg:monitor/2`
    private Optional<PgSubscription> subscribe(RemotePeer peer, long deadline) {
        RemotePeer node = peer.any();
        boolean monitors = node.before(deadline)
                .call("erlang", "function_exported", PG, Atom.of("monitor"), 2)
                .as(boolean.class);
        if (!monitors) {
            return Optional.empty();
        }
        Atom name = Atom.of(node.nodeName());
        return Optional.of(
                await(PgSubscription.begin(peer.context().processes(), scope, group, name, deadline), deadline));
    }

    private <T> T await(CompletableFuture<T> future, long deadline) {
        try {
            return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new CallTimeout("the members of " + this + " did not come in time");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ErlangException failure ? failure : new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while the members of " + this + " were asked for", e);
        }
    }

    /// How many calls of this node run on a member.
    int running(Pid member) {
        return running.getOrDefault(member, 0);
    }

    void enter(Pid member) {
        running.merge(member, 1, Integer::sum);
    }

    void leave(Pid member) {
        running.computeIfPresent(member, (_, calls) -> calls == 1 ? null : calls - 1);
    }

    /// Ends the subscription; the next call begins another.
    void end() {
        CompletableFuture<Optional<PgSubscription>> last;
        synchronized (lock) {
            last = current;
            current = null;
        }
        if (last != null) {
            CompletableFuture<?> _ = last.thenAccept(subscription -> subscription.ifPresent(PgSubscription::end));
        }
    }

    static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    @Override
    public String toString() {
        return "the group " + group + " of the scope " + scope;
    }
}
