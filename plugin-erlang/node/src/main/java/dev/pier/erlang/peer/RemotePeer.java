package dev.pier.erlang.peer;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.CallBatcher;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.ErpcCall;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.call.GlobalServer;
import dev.pier.erlang.call.GroupLeaderLookup;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.link.BulkLane;
import dev.pier.erlang.link.BulkLanes;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.stream.RemoteStream;
import dev.pier.erlang.stream.StreamCall;
import dev.pier.erlang.stream.StreamReader;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A peer as applications see it: each call finds the connection, sends, waits on the calling thread, and decodes
/// there. Safe for many threads; has no threads of its own.
public final class RemotePeer implements Peer {
    private static final Atom ERPC = Atom.of("erpc");
    private static final Atom EXECUTE_CAST = Atom.of("execute_cast");

    private final String name;
    private final PeerLink link;
    private final ProcessTable processes;
    private final CallOptions options;
    private final ValueMapper mapper;
    private final DecodeLimits limits;
    private final CallListener listener;

    /// @param name as in `server.conf`
    /// @param processes of this node, which calls to servers come from
    /// @param listener told of each call
    public RemotePeer(
            String name,
            PeerLink link,
            ProcessTable processes,
            CallOptions options,
            ValueMapper mapper,
            DecodeLimits limits,
            CallListener listener) {
        this.name = name;
        this.link = link;
        this.processes = processes;
        this.options = options;
        this.mapper = mapper;
        this.limits = limits;
        this.listener = listener;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String nodeName() {
        return link.name().toString();
    }

    @Override
    public PeerStatus status() {
        return link.status();
    }

    @Override
    public PeerCalls calls() {
        return listener.seen();
    }

    @Override
    public Peer with(CallOptions other) {
        return new RemotePeer(name, link, processes, other, mapper, limits, listener);
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
            // Now, on the caller's thread: what the caller does to its objects later is its own affair.
            writeList(arguments, encoded);
        } catch (ErlangException badArgument) {
            future.completeExceptionally(badArgument);
            return future;
        }
        Atom m = Atom.of(module);
        Atom f = Atom.of(function);
        future.runOn(Thread.ofVirtual().name("erlang-call-", 0).unstarted(() -> {
            try {
                future.complete(call(m, f, arguments.length, out -> out.write(encoded.array(), 0, encoded.size())));
            } catch (RuntimeException | Error failure) {
                future.completeExceptionally(failure);
            }
        }));
        return future;
    }

    @Override
    public void cast(String module, String function, @Nullable Object... arguments) {
        long deadline = System.nanoTime() + options.timeout().toNanos();
        Session session = link.session(deadline);
        Pid self = session.identifiers().nextPid();
        try {
            session.send(
                    new ControlMessage.SpawnRequest(
                            session.identifiers().nextReference(),
                            self,
                            GroupLeaderLookup.of(session, deadline),
                            ERPC,
                            EXECUTE_CAST,
                            3,
                            List.of()),
                    self,
                    out -> {
                        TermEncoder.encodeListHeader(3, out);
                        TermEncoder.encodeAtom(Atom.of(module), out);
                        TermEncoder.encodeAtom(Atom.of(function), out);
                        writeList(arguments, out);
                        TermEncoder.encodeNil(out);
                    });
        } catch (ConnectionEnded e) {
            throw justLost(e);
        }
    }

    @Override
    public GenServerRef server(String serverName) {
        return RemoteServer.of(Atom.of(serverName), link.name().atom(), processes, mapper, options, listener);
    }

    @Override
    public GenServerRef globalServer(String globalName) {
        return new GlobalServer(
                globalName, this, options, pid -> RemoteServer.of(pid, processes, mapper, options, listener));
    }

    @Override
    public void send(String registeredName, @Nullable Object message) {
        new MessageSender(processes)
                .send(
                        processes.anonymousSender(),
                        Atom.of(registeredName),
                        link.name().atom(),
                        out -> mapper.write(message, out),
                        System.nanoTime() + options.timeout().toNanos());
    }

    @Override
    public ReplyStream stream(String module, String function, @Nullable Object... arguments) {
        long started = System.nanoTime();
        ErlangException failure = null;
        try {
            return stream(
                    Atom.of(module),
                    Atom.of(function),
                    arguments,
                    started + options.timeout().toNanos());
        } catch (ErlangException e) {
            failure = e;
            throw e;
        } finally {
            listener.ended(failure, System.nanoTime() - started);
        }
    }

    private ReplyStream stream(Atom module, Atom function, @Nullable Object[] arguments, long deadline) {
        BulkLanes lanes = link.lanes();
        BulkLane lane = lanes.acquire(deadline);
        RemoteStream stream = null;
        try {
            Session session = lane.session(deadline);
            if (lane.isNew(session) && lanes.settings().loadProducer()) {
                ModuleLoader.load("pier_stream", this);
            }
            int window = lanes.settings().window();
            StreamCall call = StreamCall.start(
                    lane,
                    session,
                    window,
                    GroupLeaderLookup.of(session, deadline),
                    module,
                    function,
                    out -> writeList(arguments, out));
            StreamReader intake =
                    new StreamReader(describe(module, function, arguments.length), call, options.timeout(), limits);
            stream = new RemoteStream(call, intake, mapper, () -> lanes.release(lane));
        } catch (ConnectionEnded e) {
            throw justLost(e);
        } finally {
            if (stream == null) {
                lanes.release(lane);
            }
        }
        RemoteStream opened = stream;
        Duration unread = lanes.settings().unread();
        lane.checkEvery(unread.dividedBy(4), () -> opened.closeIfUnread(unread));
        opened.open(deadline, lanes.settings().window());
        return opened;
    }

    private String describe(Atom module, Atom function, int arity) {
        return nodeName() + ": " + module.name() + ":" + function.name() + "/" + arity;
    }

    @Override
    public boolean ping() {
        try {
            call("erlang", "node");
            return true;
        } catch (ErlangException unreachable) {
            return false;
        }
    }

    private Reply call(Atom module, Atom function, int arity, Consumer<EtfOutput> arguments) {
        long started = System.nanoTime();
        ErlangException failure = null;
        try {
            return reply(
                    module,
                    function,
                    arity,
                    arguments,
                    started + options.timeout().toNanos());
        } catch (ErlangException e) {
            failure = e;
            throw e;
        } finally {
            listener.ended(failure, System.nanoTime() - started);
        }
    }

    private Reply reply(Atom module, Atom function, int arity, Consumer<EtfOutput> arguments, long deadline) {
        String what = describe(module, function, arity);
        Session session = link.session(deadline);
        CallBatcher.seek(session, this, limits);
        ErpcCall call;
        try {
            call = ErpcCall.start(session, deadline, module, function, arguments);
        } catch (ConnectionEnded e) {
            throw justLost(e);
        }
        ErpcCall.Outcome outcome;
        try {
            outcome = call.await(deadline);
        } catch (InterruptedException e) {
            call.abandon();
            Thread.currentThread().interrupt();
            throw new CallCancelled(what + " was given up: the calling thread was interrupted", e);
        }
        ErpcResult result = new ErpcResult(what, call.tag(), limits);
        return switch (outcome) {
            case null -> {
                call.abandon();
                throw new CallTimeout(
                        what + " gave no answer within " + options.timeout().toMillis() + " ms");
            }
            case ErpcCall.Outcome.Exited(EncodedTerm reason) -> new EncodedReply(result.value(reason), mapper, limits);
            case ErpcCall.Outcome.ExitedDecoded(var reason) -> new EncodedReply(result.value(reason), mapper, limits);
            case ErpcCall.Outcome.NotSpawned(var why) ->
                throw new RemoteError(what + " could not be started: " + Excerpt.of(why), why, ListTerm.EMPTY);
            case ErpcCall.Outcome.Oversized(var limit) ->
                throw new MalformedTerm(what + " gave an answer that is not taken: " + limit);
            case ErpcCall.Outcome.Lost(var disconnect) ->
                throw new ConnectionLost(
                        what + " got no answer: connection lost, " + disconnect.reason(), disconnect.cause());
        };
    }

    private NotConnected justLost(ConnectionEnded cause) {
        return new NotConnected("not connected to " + nodeName() + ": the connection has just been lost", cause);
    }

    private void writeList(@Nullable Object[] values, EtfOutput out) {
        if (values.length > 0) {
            TermEncoder.encodeListHeader(values.length, out);
            for (int i = 0; i < values.length; i++) {
                mapper.write(values[i], out);
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

        /// What is derived from this future is no call of its own.
        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
