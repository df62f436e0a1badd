package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.server.config.Section;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The section `erlang { … }` of `server.conf`, checked.
///
/// @param node this node's name
/// @param cookie where the cookie comes from
/// @param listen where other nodes may connect; empty if none may
/// @param allowed which nodes may
/// @param maxHandshakes how many connections may be unauthenticated at once
/// @param epmd the port of EPMD, and whether to register there
/// @param connectTimeout how long one attempt to connect may take, the handshake included
/// @param callHelper whether calls go through a helper on the peer
/// @param maxCalls how many calls to one peer may be under way at once
/// @param maxServed how many calls from Erlang may run at once
/// @param processes what others may tie to this node's processes
/// @param connection the bounds of each connection
/// @param values how values become terms, and terms JSON
/// @param mailboxes the bounds of each mailbox
/// @param bulk the further connections for large replies
/// @param peers the peers by their names in the file
record ErlangSettings(
        NodeName node,
        CookieSource cookie,
        Optional<InetSocketAddress> listen,
        AllowedNodes allowed,
        int maxHandshakes,
        Epmd epmd,
        Duration connectTimeout,
        BatchingMode callHelper,
        int maxCalls,
        int maxServed,
        ProcessLimits processes,
        ConnectionSettings connection,
        ValueSettings values,
        MailboxSettings mailboxes,
        BulkSettings bulk,
        SequencedMap<String, PeerSettings> peers) {

    /// Stands for a name that is missing or wrong while the other settings are read.
    private static final String UNNAMED = "unnamed@localhost";
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;
    /// What fits into one array, roundly.
    private static final long MAX_FRAME = 2047L * MIB;

    record Epmd(boolean enabled, int port) {}

    /// When a peer is connected.
    enum Connect {
        EAGER,
        AT_FIRST_USE
    }

    /// @param node the peer's node name
    /// @param address where the peer listens, unresolved, if EPMD is not to be asked
    /// @param required whether the server is ready only with this peer connected
    record PeerSettings(
            NodeName node, Optional<InetSocketAddress> address, Connect connect, boolean required, CallOptions call) {}

    /// Where the cookie comes from: `server.conf` itself, or a file.
    ///
    /// @param value the cookie, if `server.conf` has it
    /// @param file the file to read it from otherwise
    record CookieSource(Optional<Cookie> value, Path file) {
        /// @throws IOException if there is no cookie to be had, in a sentence that shows nothing of it
        Cookie read() throws IOException {
            return value.isPresent() ? value.get() : CookieFile.read(file);
        }

        @Override
        public String toString() {
            return value.isPresent() ? "CookieSource[hidden]" : "CookieSource[" + file + "]";
        }
    }

    /// Empty if no node is configured: the server then has no Erlang side.
    static Optional<ErlangSettings> read(Section section) {
        boolean named = section.has("node");
        ErlangSettings settings = readAll(section);
        if (!named && !settings.peers().isEmpty()) {
            section.problem("node", "is missing: this node's name, such as \"web@localhost\"");
        }
        return named ? Optional.of(settings) : Optional.empty();
    }

    private static ErlangSettings readAll(Section section) {
        NodeName node = nodeName(section);
        Section listen = section.section("listen");
        return new ErlangSettings(
                node,
                cookie(section),
                listen(listen, node),
                allowed(listen),
                listen.integer("max-handshakes", 64, 1, 10_000),
                epmd(section.section("epmd")),
                section.duration(
                        "connect-timeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1)),
                section.section("calls").choice("helper", BatchingMode.PRESENT),
                section.section("limits").integer("calls", 10_000, 1, 1_000_000),
                section.section("limits").integer("served", 10_000, 1, 1_000_000),
                processes(section.section("limits")),
                connection(section),
                ValueSettings.read(section),
                mailboxes(section.section("mailbox")),
                bulk(section.section("bulk")),
                peers(section, node));
    }

    private static NodeName nodeName(Section section) {
        String text = section.string("node").orElse(UNNAMED);
        try {
            NodeName name = NodeName.parse(text);
            // A node without an address can neither be found nor connect to others, whatever its name is good for.
            InetAddress.getByName(name.host());
            return name;
        } catch (IllegalArgumentException e) {
            section.problem("node", sentence(e));
        } catch (UnknownHostException e) {
            section.problem("node", "the host of '" + text + "' has no address");
        }
        return NodeName.parse(UNNAMED);
    }

    private static CookieSource cookie(Section section) {
        Optional<String> literal = section.secret("cookie");
        Optional<Path> file = section.path("cookie-file");
        if (literal.isPresent() && file.isPresent()) {
            section.problem("cookie", "is given together with cookie-file: one of the two");
        }
        Path readFrom = file.orElseGet(() -> Path.of(System.getProperty("user.home"), ".erlang.cookie"));
        try {
            return new CookieSource(literal.map(Cookie::of), readFrom);
        } catch (IllegalArgumentException e) {
            section.problem("cookie", sentence(e));
            return new CookieSource(Optional.empty(), readFrom);
        }
    }

    private static Optional<InetSocketAddress> listen(Section section, NodeName node) {
        boolean enabled = section.flag("enabled", true);
        int port = section.integer("port", 0, 0, 65_535);
        // A node that is called …@localhost is for this machine only, and has no business on other interfaces.
        String host = section.string("host").orElse(isLoopback(node.host()) ? "localhost" : "0.0.0.0");
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(host), port);
            return enabled ? Optional.of(address) : Optional.empty();
        } catch (UnknownHostException e) {
            section.problem("host", "'" + host + "' has no address");
            return Optional.empty();
        }
    }

    private static AllowedNodes allowed(Section listen) {
        List<String> names = listen.strings("allow");
        return listen.has("allow") ? new AllowedNodes(names) : AllowedNodes.ALL;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Epmd epmd(Section section) {
        return new Epmd(section.flag("enabled", true), section.integer("port", 4369, 1, 65_535));
    }

    private static ConnectionSettings connection(Section section) {
        Duration netTickTime =
                section.duration("net-ticktime", Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofHours(1));
        Section limits = section.section("limits");
        DecodeLimits defaults = DecodeLimits.DEFAULT;
        int frame = (int) limits.bytes("frame", 256L * MIB, 128L * KIB, MAX_FRAME);
        int message = (int) limits.bytes("message", 256L * MIB, 64L * KIB, MAX_FRAME);
        return new ConnectionSettings(
                netTickTime,
                frame,
                new FragmentLimits(
                        limits.integer("fragmented-messages", FragmentLimits.DEFAULT.sequences(), 1, 1_000_000),
                        message,
                        limits.bytes("fragmented", 512L * MIB, 64L * KIB, 64 * GIB)),
                limits.bytes("queue", 64L * MIB, 64L * KIB, 16 * GIB),
                new DecodeLimits(
                        limits.integer("depth", defaults.depth(), 16, 100_000),
                        Math.max(frame, message),
                        limits.integer("digits", defaults.digits(), 100, 10_000_000),
                        limits.integer("atoms", defaults.atoms(), 255, 1_000_000_000)));
    }

    private static MailboxSettings mailboxes(Section section) {
        MailboxSettings defaults = MailboxSettings.DEFAULT;
        return new MailboxSettings(
                section.integer("messages", defaults.messages(), 1, 100_000_000),
                section.bytes("bytes", defaults.bytes(), KIB, 64 * GIB),
                section.choice("overflow", defaults.overflow()));
    }

    private static ProcessLimits processes(Section section) {
        ProcessLimits defaults = ProcessLimits.DEFAULT;
        return new ProcessLimits(
                section.integer("links", defaults.links(), 1, 10_000_000),
                section.integer("monitors", defaults.monitors(), 1, 100_000_000));
    }

    private static BulkSettings bulk(Section section) {
        BulkSettings defaults = BulkSettings.DEFAULT;
        return new BulkSettings(
                section.integer("lanes", defaults.lanes(), 1, 1_000),
                section.duration("idle", defaults.idle(), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.duration("unread", defaults.unread(), Duration.ofSeconds(1), Duration.ofDays(1)),
                (int) section.bytes("window", defaults.window(), 64L * KIB, 1L * GIB),
                section.flag("load-helper", defaults.loadHelper()));
    }

    private static SequencedMap<String, PeerSettings> peers(Section section, NodeName self) {
        SequencedMap<String, PeerSettings> peers = new LinkedHashMap<>();
        section.sections("peers").forEach((name, peer) -> {
            if (!peer.has("node")) {
                peer.problem("node", "is missing: the peer's node name, such as \"backend@localhost\"");
            }
            if (name.equals("node") || name.indexOf('@') >= 0) {
                section.problem("peers." + name, "a peer is not called 'node', and has no @ in its name");
            }
            String node = peer.string("node").orElse(UNNAMED);
            NodeName nodeName = self;
            try {
                nodeName = NodeName.parse(node);
            } catch (IllegalArgumentException e) {
                peer.problem("node", sentence(e));
            }
            peers.put(
                    name,
                    new PeerSettings(
                            nodeName,
                            address(peer),
                            peer.choice("connect", Connect.EAGER),
                            peer.flag("required", false),
                            new CallOptions(peer.duration(
                                    "timeout",
                                    CallOptions.DEFAULT.timeout(),
                                    Duration.ofMillis(1),
                                    Duration.ofHours(1)))));
        });
        return peers;
    }

    private static Optional<InetSocketAddress> address(Section peer) {
        return peer.string("address").flatMap(text -> {
            int colon = text.lastIndexOf(':');
            try {
                // Unresolved: the host may have an address only later.
                return Optional.of(InetSocketAddress.createUnresolved(
                        text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1))));
            } catch (IllegalArgumentException e) {
                peer.problem("address", "'" + text + "' is not of the form host:port");
                return Optional.empty();
            }
        });
    }

    private static String sentence(IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
    }
}
