package dev.pier.erlang.node;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.call.CallStats;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.served.ServedLimits;
import dev.pier.erlang.transport.TlsSettings;
import dev.pier.erlang.transport.TlsUse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Puts an Erlang node together. Every setting but the name has a default; see each method. For one thread; start
/// it once.
///
/// By default the cookie is read from `~/.erlang.cookie`, the node listens at a free port of every address (of the
/// loopback address alone if its host is `localhost` or such an address), registers with the EPMD at port 4369, and
/// lets every node connect that has the cookie.
public final class NodeBuilder {
    private final NodeName name;
    private @Nullable Cookie cookie;
    private Path cookieFile = Path.of(System.getProperty("user.home"), ".erlang.cookie");
    private boolean listening = true;
    private @Nullable InetSocketAddress listen;
    private int listenPort;
    private AllowedNodes allowed = AllowedNodes.ALL;
    private EpmdSettings epmd = EpmdSettings.DEFAULT;
    private UnaryOperator<NodeLocator> locator = UnaryOperator.identity();
    private LinkSettings link = LinkSettings.DEFAULT;
    private ProcessLimits processes = ProcessLimits.DEFAULT;
    private MailboxSettings mailboxes = MailboxSettings.DEFAULT;
    private ValueSettings values = ValueSettings.DEFAULT;
    private @Nullable TlsSettings tls;
    private TlsUse listenTls = TlsUse.REQUIRED;
    private boolean introspection = true;
    private ServedLimits served = ServedLimits.DEFAULT;
    private final SequencedMap<String, PeerSettings> peers = new LinkedHashMap<>();
    private final Map<String, PeerBuilder.CookieSource> peerCookies = new HashMap<>();
    private HostResolver resolver = HostResolver.JVM;
    private Function<String, CallListener> callListeners = _ -> new CallStats();
    private NodeTracing tracing = NodeTracing.NONE;
    private Supplier<@Nullable String> clients = () -> null;

    NodeBuilder(NodeName name) {
        this.name = name;
    }

    /// The cookie itself. [#cookieFile] keeps it out of the program.
    ///
    /// @throws IllegalArgumentException if it is empty, longer than 255 characters or not Latin-1; the message
    ///     does not show it
    public NodeBuilder cookie(String value) {
        cookie = Cookie.of(value);
        return this;
    }

    /// The file to read the cookie from when the node starts; `~/.erlang.cookie` by default. It must be
    /// readable by its owner only.
    public NodeBuilder cookieFile(Path file) {
        cookie = null;
        cookieFile = file;
        return this;
    }

    /// Where other nodes may connect; port 0 takes any free port.
    public NodeBuilder listen(InetSocketAddress address) {
        listening = true;
        listen = address;
        return this;
    }

    /// At which port other nodes may connect, at the default address; 0, the default, takes any free port.
    ///
    /// @param port 0 to 65535
    public NodeBuilder listen(int port) {
        listening = true;
        listen = null;
        listenPort = port;
        return this;
    }

    /// Lets no node connect; the node still connects to its peers. It is not registered with EPMD then.
    public NodeBuilder withoutListening() {
        listening = false;
        return this;
    }

    /// Which nodes may connect: node names in which `*` stands for any characters. All by default. A node name
    /// is only a claim, so the cookie is required all the same.
    public NodeBuilder allow(List<String> patterns) {
        allowed = new AllowedNodes(patterns);
        return this;
    }

    /// The EPMD to use; [EpmdSettings#DEFAULT] by default.
    public NodeBuilder epmd(EpmdSettings settings) {
        epmd = settings;
        return this;
    }

    /// How peers without a configured address are found. The function is given the default, which asks EPMD,
    /// and may wrap or replace it.
    public NodeBuilder locator(UnaryOperator<NodeLocator> wrapper) {
        locator = wrapper;
        return this;
    }

    /// TLS for connections to other nodes and from them. By default, connections are not encrypted.
    public NodeBuilder tls(TlsSettings settings) {
        tls = settings;
        return this;
    }

    /// The same with a context of the application, whose trust managers decide which certificates are accepted.
    public NodeBuilder tls(SSLContext context) {
        return tls(TlsSettings.of(context));
    }

    /// Whether other nodes have to connect within TLS, if the node has TLS; required by default.
    public NodeBuilder listenTls(TlsUse use) {
        listenTls = use;
        return this;
    }

    /// Connections to peers; [LinkSettings#DEFAULT] by default.
    public NodeBuilder link(LinkSettings settings) {
        link = settings;
        return this;
    }

    /// Limits on process links and monitors; [ProcessLimits#DEFAULT] by default.
    public NodeBuilder processes(ProcessLimits limits) {
        processes = limits;
        return this;
    }

    /// Limits of each mailbox; [MailboxSettings#DEFAULT] by default.
    public NodeBuilder mailboxes(MailboxSettings settings) {
        mailboxes = settings;
        return this;
    }

    /// How values become terms, and terms JSON; [ValueSettings#DEFAULT] by default.
    public NodeBuilder values(ValueSettings settings) {
        values = settings;
        return this;
    }

    /// How many calls from one peer may run at once; 10,000 by default. Calls beyond fail with `system_limit`.
    ///
    /// @throws IllegalArgumentException if it is not above zero
    public NodeBuilder maxServed(int calls) {
        served = served.withCalls(calls);
        return this;
    }

    /// How many bytes of memory the requests of all calls from Erlang may retain; 128 MiB by default. Calls beyond
    /// fail with `system_limit`. One peer may take as much as it leaves free.
    ///
    /// @throws IllegalArgumentException if it is not above zero
    public NodeBuilder maxServedBytes(long bytes) {
        served = served.withBytes(bytes);
        return this;
    }

    /// A peer with the defaults of [PeerBuilder].
    ///
    /// @param peer the name by which the application asks for it
    /// @param node its node name, `name@host`
    /// @throws IllegalArgumentException if the name is taken or contains an `@`, or `node` is not a full node
    ///     name
    public NodeBuilder peer(String peer, String node) {
        return peer(peer, it -> it.node(node));
    }

    /// A peer.
    ///
    /// @param peer the name by which the application asks for it
    /// @throws IllegalArgumentException if the name is taken or contains an `@`, or the settings have no node
    public NodeBuilder peer(String peer, Consumer<PeerBuilder> settings) {
        if (peer.indexOf('@') >= 0) {
            throw new IllegalArgumentException("the name of peer '" + peer + "' contains an @, as node names do");
        }
        PeerBuilder builder = new PeerBuilder();
        settings.accept(builder);
        if (peers.putIfAbsent(peer, builder.build(peer)) != null) {
            throw new IllegalArgumentException("there is already a peer '" + peer + "'");
        }
        PeerBuilder.CookieSource itsCookie = builder.cookie();
        if (itsCookie != null) {
            peerCookies.put(peer, itsCookie);
        }
        return this;
    }

    /// Asks for the addresses of peers whose nodes DNS has; [HostResolver#JVM] by default.
    public NodeBuilder resolver(HostResolver hosts) {
        resolver = hosts;
        return this;
    }

    /// Whether Erlang may look at the node, which changes nothing: `erlang:process_info`, `registered`,
    /// `system_info`,
    /// `memory` and the like, and `sys:get_status` and `get_state` of servers. True by default.
    public NodeBuilder introspection(boolean allowed) {
        introspection = allowed;
        return this;
    }

    /// The listener for the calls to each configured peer, by the peer's name; [CallStats] by default.
    public NodeBuilder callListeners(Function<String, CallListener> listeners) {
        callListeners = listeners;
        return this;
    }

    /// The tracing of calls to all peers, and of those from Erlang; [NodeTracing#NONE] by default.
    public NodeBuilder tracing(NodeTracing observer) {
        tracing = observer;
        return this;
    }

    /// For which client the calling thread works, such as the address of an HTTP client; `null` if for none. One client
    /// cannot take all streams. By default, no client is known.
    ///
    /// @param current called on threads that open streams; must not block
    public NodeBuilder clients(Supplier<@Nullable String> current) {
        clients = current;
        return this;
    }

    /// The settings so far.
    public NodeSettings settings() {
        return new NodeSettings(
                name,
                listening ? listenAddress() : null,
                allowed,
                epmd,
                link,
                processes,
                mailboxes,
                values,
                tls,
                listenTls,
                served,
                introspection,
                peers);
    }

    /// Where the cookie comes from, without the cookie.
    public String cookieSource() {
        return cookie == null ? cookieFile.toString() : "a value";
    }

    /// Checks that the cookie can be read, and those of peers, as [#start] will.
    ///
    /// @throws IOException if one cannot be read; the message says why, in a sentence, and does not show it
    public void checkCookie() throws IOException {
        var _ = readCookie();
        var _ = readPeerCookies();
    }

    Map<String, Cookie> readPeerCookies() throws IOException {
        Map<String, Cookie> cookies = new HashMap<>();
        for (Map.Entry<String, PeerBuilder.CookieSource> its : peerCookies.entrySet()) {
            cookies.put(its.getKey(), its.getValue().read());
        }
        return cookies;
    }

    private Cookie readCookie() throws IOException {
        return cookie == null ? CookieFile.read(cookieFile) : cookie;
    }

    private InetSocketAddress listenAddress() {
        if (listen != null) {
            return listen;
        }
        InetAddress loopback = loopback(name.host());
        return loopback == null ? new InetSocketAddress(listenPort) : new InetSocketAddress(loopback, listenPort);
    }

    /// Where a node listens that is for this machine only, as its host says: `localhost`, or a loopback
    /// address.
    ///
    /// Hazard: the name of a machine may have a loopback address as well, such as 127.0.1.1 on Debian. Other
    /// machines know it by other addresses.
    private static @Nullable InetAddress loopback(String host) {
        try {
            InetAddress address = host.equals("localhost") ? InetAddress.getByName(host) : InetAddress.ofLiteral(host);
            return address.isLoopbackAddress() ? address : null;
        } catch (UnknownHostException | IllegalArgumentException otherName) {
            return null;
        }
    }

    /// Starts the node: reads the cookie, reserves the port, registers the name, and begins to connect to the
    /// eager peers. Does not wait for the peers.
    ///
    /// @throws IOException if the cookie or a file of the TLS settings cannot be read, the address cannot be
    ///     listened on, or the name is taken; the message says which, in a sentence
    /// @throws IllegalArgumentException if a peer requires TLS and the node has none
    public NodeRuntime start() throws IOException {
        requireTls(peers, tls != null);
        Cookie secret = readCookie();
        return NodeRuntime.start(
                settings(), secret, readPeerCookies(), locator, resolver, callListeners, tracing, clients);
    }

    /// Refuses peers that require TLS if the node has none.
    static void requireTls(Map<String, PeerSettings> peers, boolean tls) {
        peers.forEach((peer, its) -> {
            if (its.tls() == TlsUse.REQUIRED && !tls) {
                throw new IllegalArgumentException(
                        "peer '" + peer + "' requires TLS, and the node has none: set tls(…)");
            }
        });
    }
}
