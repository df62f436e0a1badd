package dev.pier.erlang.peer;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.call.GlobalServer;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Tuple;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A peer as applications see it: one name, and the nodes behind it. Each operation goes to the node that [#select]
/// gives. Safe for many threads; has no threads of its own.
public final class RemotePeer implements Peer {
    private static final Atom NODE = Atom.of("node");

    private final String name;
    private final List<PeerNode> nodes;
    private final CallOptions options;
    private final PeerContext context;

    /// A peer that is one node.
    ///
    /// @param name as in `server.conf`
    /// @param processes the processes of this node, from which calls to servers come
    /// @param listener is called for each call
    public RemotePeer(
            String name,
            PeerLink link,
            ProcessTable processes,
            CallOptions options,
            ValueMapper mapper,
            DecodeLimits limits,
            CallListener listener) {
        this(name, List.of(link), processes, options, mapper, limits, listener);
    }

    /// A peer that is a group of equal nodes.
    ///
    /// @param links the ways to the nodes, at least one, in the order of their configuration
    public RemotePeer(
            String name,
            List<PeerLink> links,
            ProcessTable processes,
            CallOptions options,
            ValueMapper mapper,
            DecodeLimits limits,
            CallListener listener) {
        this(name, links, new PeerContext(processes, mapper, limits, listener), options);
    }

    private RemotePeer(String name, List<PeerLink> links, PeerContext context, CallOptions options) {
        this(
                name,
                options,
                context,
                links.stream().map(link -> new PeerNode(link, context)).toList());
    }

    private RemotePeer(String name, CallOptions options, PeerContext context, List<PeerNode> nodes) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("the peer " + name + " has no node");
        }
        this.name = name;
        this.nodes = nodes;
        this.options = options;
        this.context = context;
    }

    /// The node for the next operation: the first one.
    private PeerNode select() {
        return nodes.getFirst();
    }

    private RemotePeer on(PeerNode node) {
        return nodes.size() == 1 ? this : new RemotePeer(name, options, context, List.of(node));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String nodeName() {
        return select().name().name();
    }

    @Override
    public PeerStatus status() {
        List<PeerStatus> all = nodes();
        return all.stream().filter(PeerStatus::isConnected).findFirst().orElseGet(all::getFirst);
    }

    @Override
    public List<PeerStatus> nodes() {
        return nodes.stream().map(PeerNode::status).toList();
    }

    @Override
    public Peer on(String node) {
        return nodes.stream()
                .filter(candidate -> candidate.name().name().equals(node))
                .findFirst()
                .map(this::on)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + node + "' is not a node of the peer " + name + ": its nodes are "
                                + nodes.stream().map(n -> n.name().name()).toList()));
    }

    @Override
    public PeerCalls calls() {
        return context.listener().seen();
    }

    @Override
    public Peer with(CallOptions other) {
        return new RemotePeer(name, other, context, nodes);
    }

    @Override
    public Reply call(String module, String function, @Nullable Object... arguments) {
        return call(Atom.of(module), Atom.of(function), arguments.length, out -> writeList(arguments, out));
    }

    @Override
    public CompletableFuture<Reply> callAsync(String module, String function, @Nullable Object... arguments) {
        AsyncCall future = new AsyncCall();
        EtfOutput encoded = new EtfOutput(128);
        try {
            // On the caller's thread: the caller may change its objects afterwards.
            writeList(arguments, encoded);
        } catch (ErlangException badArgument) {
            future.completeExceptionally(badArgument);
            return future;
        }
        Atom m = Atom.of(module);
        Atom f = Atom.of(function);
        future.runOn(Thread.ofVirtual().name("erlang-call-", 0).unstarted(() -> {
            try {
                future.complete(call(m, f, arguments.length, out -> out.write(encoded)));
            } catch (RuntimeException | Error failure) {
                future.completeExceptionally(failure);
            }
        }));
        return future;
    }

    private Reply call(Atom module, Atom function, int arity, Consumer<EtfOutput> arguments) {
        PeerNode node = select();
        return node.call(
                new FunctionCall(node.name(), module, function, arity, arguments), options.timeout(), on(node));
    }

    @Override
    public void cast(String module, String function, @Nullable Object... arguments) {
        PeerNode node = select();
        node.cast(call(node, module, function, arguments), options.timeout());
    }

    private FunctionCall call(PeerNode node, String module, String function, @Nullable Object[] arguments) {
        return new FunctionCall(
                node.name(), Atom.of(module), Atom.of(function), arguments.length, out -> writeList(arguments, out));
    }

    @Override
    public GenServerRef server(String serverName) {
        return server(select(), Atom.of(serverName));
    }

    private GenServerRef server(PeerNode node, Atom serverName) {
        return RemoteServer.of(
                serverName, node.name(), context.processes(), context.mapper(), options, context.listener());
    }

    @Override
    public GenServerRef globalServer(String globalName) {
        return new GlobalServer(
                globalName,
                this,
                options,
                pid -> RemoteServer.of(pid, context.processes(), context.mapper(), options, context.listener()));
    }

    @Override
    public void send(String registeredName, @Nullable Object message) {
        new MessageSender(context.processes())
                .send(
                        context.processes().anonymousSender(),
                        Atom.of(registeredName),
                        select().name(),
                        out -> context.mapper().write(message, out),
                        System.nanoTime() + options.timeout().toNanos());
    }

    @Override
    public ReplyStream stream(String module, String function, @Nullable Object... arguments) {
        PeerNode node = select();
        return node.stream(call(node, module, function, arguments), options.timeout(), on(node));
    }

    @Override
    public boolean ping() {
        PeerNode node = select();
        try {
            if (node.canSpawn(options.timeout())) {
                call(WellKnownAtoms.ERLANG, NODE, 0, TermEncoder::encodeNil);
                return true;
            }
            return isAuthorized(node);
        } catch (ErlangException unreachable) {
            return false;
        }
    }

    /// Asks as `net_adm:ping` does, because a node that cannot spawn is not likely to run a process `rex`.
    /// OTP: net_adm.erl:ping/1
    private boolean isAuthorized(PeerNode node) {
        Tuple question = Tuple.of(
                WellKnownAtoms.IS_AUTH, context.processes().identifiers().node());
        return server(node, WellKnownAtoms.NET_KERNEL).call(question).term().equals(WellKnownAtoms.YES);
    }

    private void writeList(@Nullable Object[] values, EtfOutput out) {
        if (values.length > 0) {
            TermEncoder.encodeListHeader(values.length, out);
            for (int i = 0; i < values.length; i++) {
                context.mapper().write(values[i], out);
            }
        }
        TermEncoder.encodeNil(out);
    }

    @Override
    public String toString() {
        return "Peer[" + name + " at " + nodeName() + "]";
    }

    /// The future of a call that runs on a virtual thread; cancelling it interrupts the thread, which stops the
    /// remote process.
    private static final class AsyncCall extends CompletableFuture<Reply> {
        private volatile @Nullable Thread thread;

        void runOn(Thread worker) {
            thread = worker;
            worker.start();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            Thread worker = thread;
            if (cancelled && worker != null) {
                worker.interrupt();
            }
            return cancelled;
        }

        /// A dependent stage is not a call; cancelling it does not stop the call.
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
