package dev.pier.erlang.peer;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Balance;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The nodes behind one peer, and the choice among them. All applications share it.
///
/// A call goes to a node that is connected and takes calls, as [Balance] says. If it certainly did not run there,
/// it goes on to the next one, with the same deadline. Only if no node is connected does it wait for one, whichever
/// comes first. A peer of one node has no choice, and takes no time for it.
///
/// Threads: any. The nodes may be exchanged at any time; a call that runs keeps its node.
public final class PeerGroup {
    /// The preference among nodes, the best first.
    private static final int OPEN = 0;

    private static final int SECOND_CHOICE = 1;
    private static final int CLOSED = 2;

    /// A further group takes the place of the one that was not used for longest.
    static final int MAX_PG_GROUPS = 1_000;

    private final String name;
    private volatile Balance balance;
    private volatile CallOptions options = CallOptions.DEFAULT;
    private final AtomicInteger turns = new AtomicInteger();
    private volatile PeerNode[] nodes;

    /// When the nodes were set the last time.
    private volatile Instant since = Instant.now();

    /// The reason for having no node, in a phrase.
    private volatile String problem = "";

    /// One attempt of a call.
    interface Operation<T> {
        T on(PeerNode node);
    }

    private volatile Consumer<List<PeerLink>> observer = _ -> {};

    /// The `pg` groups that were used last, at most [#MAX_PG_GROUPS]. Guarded by itself.
    private final SequencedMap<Tuple, PgGroup> pgGroups = new LinkedHashMap<>(16, 0.75f, true);

    /// Open once the nodes have been asked for.
    private final CountDownLatch asked;

    private PeerGroup(String name, Balance balance, PeerNode[] nodes, CountDownLatch asked) {
        this.name = name;
        this.balance = balance;
        this.nodes = nodes;
        this.asked = asked;
    }

    /// The nodes of a peer.
    ///
    /// @param name the peer's name, as in `server.conf`
    /// @param links the ways to the nodes, in the order of their configuration
    public static PeerGroup of(String name, Balance balance, List<PeerLink> links) {
        return new PeerGroup(name, balance, nodes(links), new CountDownLatch(0));
    }

    /// A peer whose nodes are asked for. Calls wait for the first [#set].
    public static PeerGroup asked(String name, Balance balance, String problem) {
        PeerGroup group = new PeerGroup(name, balance, new PeerNode[0], new CountDownLatch(1));
        group.problem = problem;
        return group;
    }

    /// One node.
    public static PeerGroup of(String name, PeerLink link) {
        return of(name, Balance.FIRST, List.of(link));
    }

    /// One of the nodes as a group of its own, with the options as they are.
    public PeerGroup only(PeerLink link) {
        PeerGroup group = of(name, link);
        group.configure(Balance.FIRST, options);
        return group;
    }

    private static PeerNode[] nodes(List<PeerLink> links) {
        return links.stream().map(PeerNode::new).toArray(PeerNode[]::new);
    }

    /// Exchanges the nodes.
    ///
    /// @param why the reason, if `links` is empty
    public void set(List<PeerLink> links, String why) {
        problem = why;
        since = Instant.now();
        nodes = nodes(links);
        asked.countDown();
        observer.accept(links);
    }

    /// Sets the observer of the nodes, beginning with the present ones. For one observer.
    public void observe(Consumer<List<PeerLink>> next) {
        observer = next;
        next.accept(links());
    }

    public String name() {
        return name;
    }

    public Balance balance() {
        return balance;
    }

    /// The options of calls for which the caller sets none.
    public CallOptions options() {
        return options;
    }

    /// Sets how calls go on from now on; those that run keep their options.
    public void configure(Balance newBalance, CallOptions newOptions) {
        balance = newBalance;
        options = newOptions;
    }

    /// The ways to the nodes now, in their order.
    public List<PeerLink> links() {
        return Arrays.stream(nodes).map(PeerNode::link).toList();
    }

    /// Why there is no node, in a phrase, or what is wrong with the source of the nodes; else empty.
    public String problem() {
        return problem;
    }

    /// A `pg` group that the nodes know.
    PgGroup pg(Atom scope, Term group) {
        PgGroup found;
        PgGroup evicted = null;
        synchronized (pgGroups) {
            found = pgGroups.computeIfAbsent(Tuple.of(scope, group), _ -> new PgGroup(scope, group));
            if (pgGroups.size() > MAX_PG_GROUPS) {
                evicted = pgGroups.pollFirstEntry().getValue();
            }
        }
        if (evicted != null) {
            evicted.end();
        }
        return found;
    }

    AtomicInteger turns() {
        return turns;
    }

    /// The state while there is no node.
    PeerStatus noNode() {
        return new PeerStatus(name, PeerStatus.State.WAITING, since, Optional.of(problem));
    }

    PeerNode[] all() {
        return nodes;
    }

    /// A node that would be called now, else the first one; `null` if the peer has no node.
    @Nullable
    PeerNode any() {
        PeerNode[] all = nodes;
        for (PeerNode node : all) {
            if (level(node, false) < CLOSED) {
                return node;
            }
        }
        return all.length == 0 ? null : all[0];
    }

    /// Runs a call on a node.
    ///
    /// @param listener is told how it ended, and where
    /// @param started when it began, in terms of [System#nanoTime()]
    /// @param stream whether it needs a lane
    <T> T run(CallListener listener, long started, long deadline, boolean stream, Operation<T> call) {
        PeerNode node = null;
        boolean[] tried = null;
        ErlangException failure = null;
        try {
            PeerNode[] all = nodes;
            if (all.length == 0) {
                all = awaitNodes(deadline);
            }
            while (true) {
                PeerNode chosen = null;
                try {
                    chosen = next(all, tried, failure, deadline, stream);
                    node = chosen;
                    T result = call.on(chosen);
                    failure = null;
                    return result;
                } catch (ErlangException e) {
                    failure = e;
                    PeerNode[] now = nodes;
                    if (!isSame(now, all) && mayGoOn(e)) {
                        // Those before may take no calls any more.
                        all = now;
                        tried = null;
                    } else if (chosen == null || all.length == 1 || !mayGoOn(e)) {
                        throw e;
                    } else {
                        tried = with(tried, all, chosen);
                    }
                }
            }
        } catch (ErlangException e) {
            failure = e;
            throw e;
        } finally {
            listener.ended(node == null ? null : node.nodeName(), failure, System.nanoTime() - started);
        }
    }

    /// Whether the nodes were not exchanged.
    @SuppressWarnings("ReferenceEquality") // Each exchange makes an array.
    private static boolean isSame(PeerNode[] now, PeerNode[] before) {
        return now == before;
    }

    /// Whether another node may do better: the call certainly did not run, and its arguments are not to blame.
    private static boolean mayGoOn(ErlangException e) {
        return !e.maybeExecuted() && !(e instanceof BadArgument);
    }

    private static boolean[] with(boolean @Nullable [] tried, PeerNode[] all, PeerNode node) {
        boolean[] marked = tried == null ? new boolean[all.length] : tried;
        marked[Arrays.asList(all).indexOf(node)] = true;
        return marked;
    }

    private PeerNode next(
            PeerNode[] all,
            boolean @Nullable [] tried,
            @Nullable ErlangException before,
            long deadline,
            boolean stream) {
        if (all.length == 1) {
            return all[0];
        }
        PeerNode open = pick(all, tried, stream);
        if (open != null) {
            return open;
        }
        if (before != null && !(before instanceof NotConnected)) {
            throw before;
        }
        awaitAny(all, tried, deadline);
        PeerNode connected = pick(all, tried, stream);
        if (connected == null) {
            throw notConnected(all);
        }
        return connected;
    }

    /// @return `null` if no node is connected and takes calls, except those that were tried
    private @Nullable PeerNode pick(PeerNode[] all, boolean @Nullable [] tried, boolean stream) {
        PeerNode chosen = null;
        int best = CLOSED;
        int fewest = 0;
        int equals = 0;
        for (int i = 0; i < all.length; i++) {
            // A node that has not been used yet is, from the next call on.
            all[i].connectIfUnused();
            int level = tried != null && tried[i] ? CLOSED : level(all[i], stream);
            if (level == CLOSED || level > best) {
                continue;
            }
            // For a choice by calls, the equals are the nodes with the fewest; else they are all of the level.
            int running = balance == Balance.LEAST_CALLS ? all[i].link().gate().running() : 0;
            if (level < best || running < fewest) {
                best = level;
                fewest = running;
                equals = 1;
                chosen = all[i];
            } else if (running == fewest) {
                equals++;
                if (balance == Balance.LEAST_CALLS
                        && ThreadLocalRandom.current().nextInt(equals) == 0) {
                    chosen = all[i];
                }
            }
        }
        return balance == Balance.ROUND_ROBIN && equals > 1 ? inTurn(all, tried, stream, best, equals, chosen) : chosen;
    }

    /// The node whose turn it is among those of a level. A node that is down does not double the share of the next.
    private @Nullable PeerNode inTurn(
            PeerNode[] all,
            boolean @Nullable [] tried,
            boolean stream,
            int level,
            int count,
            @Nullable PeerNode otherwise) {
        int skip = Math.floorMod(turns.getAndIncrement(), count);
        for (int i = 0; i < all.length; i++) {
            if ((tried == null || !tried[i]) && level(all[i], stream) == level && skip-- == 0) {
                return all[i];
            }
        }
        return otherwise;
    }

    /// The nodes, once they have been asked for. Waits for a connection of none.
    private PeerNode[] awaitNodes(long deadline) {
        try {
            boolean _ = asked.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while the nodes of " + name + " were asked for", e);
        }
        return nodes;
    }

    private static int level(PeerNode node, boolean stream) {
        PeerLink link = node.link();
        if (!link.isConnected() || link.gate().isDraining()) {
            return CLOSED;
        }
        return link.gate().isStarting() || (stream && !link.lanes().hasRoom()) ? SECOND_CHOICE : OPEN;
    }

    /// Waits until one of the nodes is connected, or none can be.
    private void awaitAny(PeerNode[] all, boolean @Nullable [] tried, long deadline) {
        List<CompletableFuture<Session>> coming = new ArrayList<>();
        boolean known = true;
        for (int i = 0; i < all.length; i++) {
            PeerLink link = all[i].link();
            if ((tried != null && tried[i]) || link.gate().isDraining()) {
                continue;
            }
            boolean down = link.status().lastProblem().isPresent();
            CompletableFuture<Session> arrival = link.arrival();
            if (arrival != null) {
                coming.add(arrival);
                known &= down;
            }
        }
        if (coming.isEmpty()) {
            throw notConnected(all);
        }
        CompletableFuture<Boolean> any = new CompletableFuture<>();
        AtomicInteger left = new AtomicInteger(coming.size());
        for (CompletableFuture<Session> arrival : coming) {
            CompletableFuture<?> _ = arrival.whenComplete((_, failure) -> {
                if (failure == null) {
                    any.complete(true);
                } else if (left.decrementAndGet() == 0) {
                    any.complete(false);
                }
            });
        }
        long timeout = deadline - System.nanoTime();
        if (known) {
            timeout = Math.min(timeout, PeerLink.TIMEOUT_WHEN_DOWN.toNanos());
        }
        boolean connected = false;
        try {
            connected = any.get(Math.max(0, timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // No node has connected in time.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while connecting to the nodes of " + name, e);
        }
        if (!connected) {
            throw notConnected(all);
        }
    }

    private NotConnected notConnected(PeerNode[] all) {
        if (all.length == 0) {
            return new NotConnected("not connected to " + name + ": " + problem);
        }
        return new NotConnected("no node of " + name + " takes calls: "
                + Arrays.stream(all).map(PeerNode::whyNot).collect(Collectors.joining("; ")));
    }

    @Override
    public String toString() {
        return name + Arrays.toString(nodes);
    }
}
