package dev.pier.erlang.node;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.OpenedNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerListener;
import dev.pier.erlang.Reply;
import dev.pier.erlang.Subscription;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.RemoteServer;
import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.internal.ApplicationObject;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.mailbox.NodeProcesses;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.peer.PeerGroup;
import dev.pier.erlang.peer.RemotePeer;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.served.ServedFunctions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node as one application sees it: the runtime's own node, or one that the application has opened. Safe for many
/// threads.
///
/// Connections are shared by all applications. The value mapper is the application's own, because it keeps the
/// classes it has met. So are its processes, its exposed functions and the nodes it has opened: closing the scope
/// ends them.
final class ApplicationScope implements OpenedNode, ApplicationObject {
    private static final Logger log = LoggerFactory.getLogger(ApplicationScope.class);

    private final LocalNode node;
    private final NodePeers configured;
    private final DecodeLimits limits;
    private final ValueMapper mapper;
    private final JsonLimits jsonLimits;
    private final EndlessUses endless;
    private final NodeProcesses processes;
    private final ServedFunctions functions;
    private final BiFunction<String, CallListener, CallListener> listeners;
    private final Opener opener;
    private final Consumer<OpenedNode> afterClose;

    /// Exposed functions and opened nodes, closed with the scope.
    private final Set<AutoCloseable> owned = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /// Opens further nodes.
    interface Opener {
        /// @param onClose run when the node has been closed
        OpenedNode open(String name, Consumer<OpenedNode> onClose) throws IOException;
    }

    /// @param application by which a newer version knows an older one
    /// @param listeners gives the listener to calls of a peer, which tells another one
    /// @param mailboxBytes the memory for the messages of all processes
    /// @param afterClose ends the node, if the application has opened it
    ApplicationScope(
            String application,
            LocalNode node,
            NodePeers configured,
            ServedFunctions functions,
            NodeSettings settings,
            BiFunction<String, CallListener, CallListener> listeners,
            SharedBytes mailboxBytes,
            LongAdder droppedMessages,
            EndlessUses endless,
            Opener opener,
            Consumer<OpenedNode> afterClose) {
        this.node = node;
        this.afterClose = afterClose;
        this.configured = configured;
        this.functions = functions;
        this.listeners = listeners;
        this.limits = settings.link().connection().decode();
        this.opener = opener;
        this.mapper = settings.values().newMapper(limits);
        this.jsonLimits = settings.values().jsonLimits();
        this.endless = endless.ofApplication();
        this.processes = new NodeProcesses(
                node.processes(),
                mapper,
                settings.mailboxes(),
                mailboxBytes,
                droppedMessages,
                this.endless,
                application);
    }

    @Override
    public String name() {
        return node.name().toString();
    }

    @Override
    public Peer peer(String name) {
        ConfiguredPeer peer = configured.find(name);
        if (peer != null) {
            return open(peer);
        }
        if (name.indexOf('@') < 0) {
            throw new IllegalArgumentException("no peer '" + name + "' is configured (setting erlang.peers), only "
                    + configured.all().keySet() + "; a node name contains an @");
        }
        NodeName nodeName = NodeName.parse(name);
        for (ConfiguredPeer candidate : configured.all().values()) {
            for (PeerLink link : candidate.group().links()) {
                if (link.name().equals(nodeName)) {
                    return open(candidate.group().only(link), candidate.calls());
                }
            }
        }
        return open(PeerGroup.of(name, node.link(nodeName)), listeners.apply(name, CallListener.NONE));
    }

    @Override
    public Subscription onPeer(PeerListener listener) {
        Subscription made = node.events().subscribe(listener);
        own(made);
        return () -> {
            owned.remove(made);
            made.close();
        };
    }

    @Override
    public Mailbox mailbox() {
        return processes.mailbox();
    }

    @Override
    public Mailbox mailbox(String name) {
        return processes.mailbox(name);
    }

    @Override
    public ErlangProcess register(String name, MessageHandler handler) {
        return processes.register(name, handler);
    }

    @Override
    public ErlangProcess register(String name, GenServer server) {
        return processes.register(name, server);
    }

    @Override
    public ErlangProcess spawn(MessageHandler handler) {
        return processes.spawn(handler);
    }

    @Override
    public ErlangProcess spawn(GenServer server) {
        return processes.spawn(server);
    }

    @Override
    public Reply read(Term term) {
        return new EncodedReply(EncodedTerm.of(term), mapper, limits);
    }

    @Override
    public Reply readJson(JsonText json) {
        EtfOutput out = new EtfOutput(json.utf8().length + 64);
        mapper.write(json, out);
        return new EncodedReply(new EncodedTerm(out.array(), 0, out.size(), new Atom[0]), mapper, limits);
    }

    @Override
    public JsonLimits jsonLimits() {
        return jsonLimits;
    }

    @Override
    public GenServerRef server(Pid server) {
        return RemoteServer.of(
                server,
                node.processes(),
                mapper,
                CallOptions.DEFAULT,
                listeners.apply(server.node().name(), CallListener.NONE));
    }

    @Override
    public void send(Pid to, @Nullable Object message) {
        processes.send(to, message);
    }

    @Override
    public void send(String name, String nodeName, @Nullable Object message) {
        processes.send(name, nodeName, message);
    }

    @Override
    public void send(String name, @Nullable Object message) {
        processes.send(name, message);
    }

    @Override
    public Exposure expose(String module, String function, ErlangFunction body) {
        return keep(functions.expose(module, function, body, mapper));
    }

    @Override
    public Exposure expose(String module, String function, int arity, ErlangFunction body) {
        return keep(functions.expose(module, function, arity, body, mapper));
    }

    @Override
    public Exposure expose(Object methods) {
        return keep(functions.expose(methods, mapper));
    }

    private Exposure keep(Exposure made) {
        own(made);
        return () -> {
            owned.remove(made);
            made.close();
        };
    }

    @Override
    public OpenedNode open(String name) throws IOException {
        OpenedNode opened = opener.open(name, owned::remove);
        own(opened);
        return opened;
    }

    private void own(AutoCloseable resource) {
        owned.add(resource);
        if (closed) {
            release();
        }
    }

    private void release() {
        for (AutoCloseable resource : List.copyOf(owned)) {
            owned.remove(resource);
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("Closing {} failed", resource, e);
            }
        }
    }

    @Override
    public void applicationDrains() {
        endless.stop();
    }

    @Override
    public void close() {
        closed = true;
        release();
        processes.close();
        afterClose.accept(this);
    }

    private Peer open(ConfiguredPeer peer) {
        return open(peer.group(), peer.calls());
    }

    private Peer open(PeerGroup group, CallListener calls) {
        return new RemotePeer(group, node.processes(), mapper, limits, calls, endless);
    }
}
