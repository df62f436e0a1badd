package dev.pier.erlang.peer;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.NodeReply;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.AsyncCall;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.call.GlobalServer;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.internal.ApplicationObject;
import dev.pier.erlang.internal.RequestPeer;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.trace.CallKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A peer as applications see it: one name, and the nodes behind it, among which [PeerGroup] chooses. Safe for many
/// threads; has no threads of its own.
public final class RemotePeer implements Peer, RequestPeer<ReplyStream>, ApplicationObject {
    private static final Atom NODE = Atom.of("node");

    private final PeerGroup group;
    private final Supplier<CallOptions> options;

    /// As configured.
    private final PeerContext configured;

    /// With what the options change.
    private final PeerContext context;

    /// A peer whose calls have the options that the group has then.
    ///
    /// @param processes the processes of this node, from which calls to servers come
    /// @param listener is called for each call
    /// @param endless the streams that end when the application begins to drain, or the server to stop
    public RemotePeer(
            PeerGroup group,
            ProcessTable processes,
            ValueMapper mapper,
            DecodeLimits limits,
            CallListener listener,
            EndlessUses endless) {
        this(group, group::options, new PeerContext(processes, mapper, limits, listener, endless));
    }

    private RemotePeer(PeerGroup group, Supplier<CallOptions> options, PeerContext configured) {
        this.group = group;
        this.options = options;
        this.configured = configured;
        this.context = configured.with(options.get());
    }

    PeerContext context() {
        return context;
    }

    /// This peer reduced to one of its nodes.
    RemotePeer on(PeerNode node) {
        PeerNode[] all = group.all();
        return all.length == 1 && all[0].equals(node)
                ? this
                : new RemotePeer(PeerGroup.of(group.name(), node.link()), options, configured);
    }

    /// This peer with as much time as is left.
    RemotePeer before(long deadline) {
        CallOptions left = new CallOptions(PgGroup.left(deadline));
        return new RemotePeer(group, () -> left, context);
    }

    /// This peer reduced to a node that takes calls, if there is one.
    RemotePeer any() {
        PeerNode node = group.any();
        return node == null ? this : on(node);
    }

    private <T> T run(PeerGroup.Operation<T> call) {
        long started = System.nanoTime();
        return group.run(CallListener.NONE, started, deadline(started), false, call);
    }

    private long deadline(long started) {
        return started + options.get().timeout().toNanos();
    }

    @Override
    public String name() {
        return group.name();
    }

    @Override
    public String nodeName() {
        PeerNode node = group.any();
        return node == null ? group.name() : node.nodeName();
    }

    @Override
    public PeerStatus status() {
        List<PeerStatus> all = nodes();
        return all.stream()
                .filter(status -> status.state() == PeerStatus.State.CONNECTED)
                .findFirst()
                .or(() -> all.stream().filter(PeerStatus::isConnected).findFirst())
                .orElseGet(() -> all.isEmpty() ? group.noNode() : all.getFirst());
    }

    @Override
    public List<PeerStatus> nodes() {
        return Arrays.stream(group.all()).map(PeerNode::status).toList();
    }

    @Override
    public Peer on(String node) {
        PeerNode[] all = group.all();
        return Arrays.stream(all)
                .filter(candidate -> candidate.nodeName().equals(node))
                .findFirst()
                .map(this::on)
                .orElseThrow(() -> new IllegalArgumentException("'" + node + "' is not a node of the peer " + name()
                        + ": its nodes are " + Arrays.toString(all)));
    }

    @Override
    public PeerCalls calls() {
        return context.listener().seen();
    }

    @Override
    public Peer with(CallOptions other) {
        return new RemotePeer(group, () -> other, configured);
    }

    @Override
    public Reply call(String module, String function, @Nullable Object... arguments) {
        return call(Atom.of(module), Atom.of(function), arguments.length, out -> writeList(arguments, out));
    }

    @Override
    public CompletableFuture<Reply> callAsync(String module, String function, @Nullable Object... arguments) {
        EtfOutput encoded = new EtfOutput(128);
        try {
            // On the caller's thread: the caller may change its objects afterwards.
            writeList(arguments, encoded);
        } catch (ErlangException badArgument) {
            return CompletableFuture.failedFuture(badArgument);
        }
        return callAsync(Atom.of(module), Atom.of(function), arguments.length, encoded);
    }

    private AsyncCall callAsync(Atom module, Atom function, int arity, EtfOutput encoded) {
        return AsyncCall.start(
                context.listener().carry(() -> call(module, function, arity, out -> out.write(encoded))));
    }

    @Override
    public List<NodeReply> callAll(String module, String function, @Nullable Object... arguments) {
        Atom m = Atom.of(module);
        Atom f = Atom.of(function);
        EtfOutput encoded = new EtfOutput(128);
        writeList(arguments, encoded);
        PeerNode[] all = group.all();
        List<AsyncCall> calls = Arrays.stream(all)
                .map(node -> on(node).callAsync(m, f, arguments.length, encoded))
                .toList();
        List<NodeReply> replies = new ArrayList<>(all.length);
        try {
            for (int i = 0; i < all.length; i++) {
                replies.add(result(calls.get(i), all[i].nodeName()));
            }
        } catch (InterruptedException e) {
            calls.forEach(call -> call.cancel(true));
            Thread.currentThread().interrupt();
            throw new CallCancelled("the call of all nodes of " + name() + " was cancelled: interrupted", e);
        }
        return replies;
    }

    /// Waits for the end of the call, whose own deadline bounds the wait.
    private static NodeReply result(AsyncCall call, String node) throws InterruptedException {
        try {
            return NodeReply.of(node, call.get());
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case ErlangException failure -> NodeReply.failed(node, failure);
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("calling " + node + " failed", e);
            };
        }
    }

    private Reply call(Atom module, Atom function, int arity, Consumer<EtfOutput> arguments) {
        long started = System.nanoTime();
        Duration timeout = options.get().timeout();
        long deadline = started + timeout.toNanos();
        CallListener listener = context.listener().begin(CallKind.CALL, module, function, arity);
        return group.run(listener, started, deadline, false, node -> {
            FunctionCall call = new FunctionCall(node.name(), module, function, arity, arguments, listener.context());
            return node.call(call, timeout, deadline, this);
        });
    }

    @Override
    public void cast(String module, String function, @Nullable Object... arguments) {
        long started = System.nanoTime();
        long deadline = deadline(started);
        Atom m = Atom.of(module);
        Atom f = Atom.of(function);
        CallListener listener = context.listener().begin(CallKind.CAST, m, f, arguments.length);
        Boolean _ = group.run(listener, started, deadline, false, node -> {
            node.cast(call(node, m, f, arguments, listener), deadline);
            return true;
        });
    }

    private FunctionCall call(
            PeerNode node, Atom module, Atom function, @Nullable Object[] arguments, CallListener listener) {
        return new FunctionCall(
                node.name(), module, function, arguments.length, out -> writeList(arguments, out), listener.context());
    }

    @Override
    public GenServerRef server(String serverName) {
        return new PeerServer(Atom.of(serverName), group, context, options);
    }

    @Override
    public GenServerRef globalServer(String globalName) {
        return new GlobalServer(
                globalName,
                this,
                context.mapper(),
                options,
                context.listener(),
                pid -> RemoteServer.of(pid, context.processes(), context.mapper(), options.get(), context.listener()));
    }

    @Override
    public GenServerRef group(String scope, String pgGroup) {
        return group(scope, Atom.of(pgGroup));
    }

    @Override
    public GenServerRef group(String scope, Term pgGroup) {
        PgGroup members = group.pg(Atom.of(scope), pgGroup);
        return new PgServer(members, this, group, options);
    }

    @Override
    public void send(String registeredName, @Nullable Object message) {
        long started = System.nanoTime();
        long deadline = deadline(started);
        Atom receiver = Atom.of(registeredName);
        CallListener listener = context.listener().begin(CallKind.SEND, receiver);
        Boolean _ = group.run(
                listener,
                started,
                deadline,
                false,
                node -> node.entered(() -> {
                    new MessageSender(context.processes())
                            .send(
                                    context.processes().anonymousSender(),
                                    receiver,
                                    node.name(),
                                    out -> context.mapper().write(message, out),
                                    deadline);
                    return true;
                }));
    }

    @Override
    public ReplyStream stream(String module, String function, @Nullable Object... arguments) {
        long started = System.nanoTime();
        Duration timeout = options.get().timeout();
        long deadline = started + timeout.toNanos();
        Atom m = Atom.of(module);
        Atom f = Atom.of(function);
        CallListener listener = context.listener().begin(CallKind.STREAM, m, f, arguments.length);
        return group.run(
                listener,
                started,
                deadline,
                true,
                node -> node.stream(call(node, m, f, arguments, listener), timeout, deadline, listener, this));
    }

    /// The listener is told when the answer has begun.
    @Override
    public ReplyStream request(String module, String function, @Nullable Object... arguments) {
        long started = System.nanoTime();
        Duration timeout = options.get().timeout();
        long deadline = started + timeout.toNanos();
        Atom m = Atom.of(module);
        Atom f = Atom.of(function);
        CallListener listener = context.listener().begin(CallKind.STREAM, m, f, arguments.length);
        return group.run(
                listener.ofFailures(),
                started,
                deadline,
                true,
                node -> node.request(call(node, m, f, arguments, listener), timeout, started, listener, this));
    }

    @Override
    public RecordDefinitions records(String module) {
        return run(node -> RecordLookup.of(node.link()).find(module, on(node)));
    }

    @Override
    public boolean ping() {
        long deadline = deadline(System.nanoTime());
        try {
            return run(node -> node.canSpawn(deadline) ? on(node).answersCalls() : on(node).isAuthorized());
        } catch (ErlangException unreachable) {
            return false;
        }
    }

    private boolean answersCalls() {
        Reply _ = call(WellKnownAtoms.ERLANG, NODE, 0, TermEncoder::encodeNil);
        return true;
    }

    /// Asks as `net_adm:ping` does, because a node that cannot spawn is not likely to run a process `rex`.
    /// OTP: net_adm.erl:ping/1
    private boolean isAuthorized() {
        Tuple question = Tuple.of(
                WellKnownAtoms.IS_AUTH, context.processes().identifiers().node());
        return server(WellKnownAtoms.NET_KERNEL.name()).call(question).term().equals(WellKnownAtoms.YES);
    }

    @Override
    public void applicationDrains() {
        context.endless().stop();
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
        return "Peer[" + group + "]";
    }
}
