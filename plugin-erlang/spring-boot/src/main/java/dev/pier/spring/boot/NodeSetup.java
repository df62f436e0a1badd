package dev.pier.spring.boot;

import static dev.pier.spring.boot.Checked.bytes;
import static dev.pier.spring.boot.Checked.number;
import static dev.pier.spring.boot.Checked.set;

import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.FixedPortLocator;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.ValueSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.served.ServedLimits;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.transport.TlsUse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Puts a [NodeBuilder] together from `pier.erlang`, with the bounds of `server.conf`.
final class NodeSetup {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    /// The largest size of one array, rounded down.
    private static final long MAX_FRAME = 2047 * MIB;

    private static final int MAX_PORT = 65_535;

    private final ErlangProperties properties;
    private final ErlangConnectionDetails details;

    private NodeSetup(ErlangProperties properties, ErlangConnectionDetails details) {
        this.properties = properties;
        this.details = details;
    }

    /// @param details `null` if the properties alone say where the peers are
    static NodeBuilder builder(ErlangProperties properties, @Nullable ErlangConnectionDetails details) {
        return new NodeSetup(properties, details == null ? _ -> null : details).build();
    }

    private NodeBuilder build() {
        NodeBuilder builder = ErlangNodes.builder(name());
        boolean withTls = details.node() == null;
        if (withTls) {
            tls(builder);
        }
        cookie(builder);
        listen(builder);
        epmd(builder);
        limits(builder);
        builder.introspection(properties.introspection());
        properties.peers().forEach((name, peer) -> PeerSetup.add(name, peer, details.peer(name), withTls, builder));
        return builder;
    }

    private String name() {
        String given = details.node() == null ? properties.node() : details.node();
        if (given == null || given.isBlank()) {
            throw ErlangStartException.of("node", "is missing: this application's node name, such as web@localhost");
        }
        try {
            NodeName name = NodeName.parse(given);
            // A node without an address can neither be found nor connect to others.
            InetAddress _ = InetAddress.getByName(name.host());
            return name.toString();
        } catch (IllegalArgumentException e) {
            throw ErlangStartException.of("node", String.valueOf(e.getMessage()), e);
        } catch (UnknownHostException e) {
            throw ErlangStartException.of("node", "the host of '" + given + "' has no address", e);
        }
    }

    private void cookie(NodeBuilder builder) {
        if (details.cookie() != null) {
            builder.cookie(details.cookie());
            return;
        }
        Checked.notBoth("cookie", properties.cookie() != null, "cookie-file", properties.cookieFile() != null);
        if (properties.cookieFile() != null) {
            builder.cookieFile(Checked.path(properties.cookieFile()));
        }
        String cookie = properties.cookie();
        if (cookie != null) {
            set("cookie", () -> builder.cookie(cookie));
        }
    }

    private void tls(NodeBuilder builder) {
        TlsSetup.apply(properties.tls(), builder);
        TlsUse listening = properties.listen().tls();
        if (listening != null) {
            builder.listenTls(listening);
        }
    }

    private void listen(NodeBuilder builder) {
        ErlangProperties.Listen listen = properties.listen();
        int port = number("listen.port", listen.port(), 0, MAX_PORT);
        if (details.node() == null) {
            builder.listen(port);
            if (listen.host() != null) {
                try {
                    builder.listen(new InetSocketAddress(InetAddress.getByName(listen.host()), port));
                } catch (UnknownHostException e) {
                    throw ErlangStartException.of("listen.host", "'" + listen.host() + "' has no address", e);
                }
            }
            if (listen.allow() != null) {
                builder.allow(listen.allow());
            }
        }
        if (!listen.enabled()) {
            builder.withoutListening();
        }
    }

    private void epmd(NodeBuilder builder) {
        ErlangProperties.Epmd epmd = properties.epmd();
        int port = details.epmdPort() == null ? number("epmd.port", epmd.port(), 1, MAX_PORT) : details.epmdPort();
        builder.epmd(EpmdSettings.DEFAULT.withRegister(epmd.enabled()).withPort(port));
        int fixed = number("epmd.fixed-port", epmd.fixedPort(), 0, MAX_PORT);
        if (fixed > 0 && details.epmdPort() == null) {
            builder.locator(_ -> new FixedPortLocator(fixed));
        }
    }

    private void limits(NodeBuilder builder) {
        ErlangProperties.Limits limits = properties.limits();
        duration("connect-timeout", properties.connectTimeout(), Duration.ofMillis(100), Duration.ofMinutes(1));
        builder.link(LinkSettings.DEFAULT
                .withConnectTimeout(properties.connectTimeout())
                .withBatching(properties.calls().helper())
                .withMaxCalls(number("limits.calls", limits.calls(), 1, 1_000_000))
                .withMaxNodes(number("limits.connected-nodes", limits.connectedNodes(), 1, 100_000))
                .withConnection(connection(limits))
                .withBulk(LinkSettings.DEFAULT
                        .bulk()
                        .withLoadProducer(properties.bulk().loadHelper())));
        builder.maxServed(number("limits.served", limits.served(), 1, 1_000_000));
        builder.maxServedBytes(
                bytes("limits.served-bytes", limits.servedBytes(), ServedLimits.DEFAULT.bytes(), 64 * KIB, 64 * GIB));
        ProcessLimits processes = ProcessLimits.DEFAULT;
        builder.processes(new ProcessLimits(
                limits.links() == null ? processes.links() : number("limits.links", limits.links(), 1, 10_000_000),
                limits.monitors() == null
                        ? processes.monitors()
                        : number("limits.monitors", limits.monitors(), 1, 100_000_000)));
        builder.mailboxes(mailboxes(properties.mailbox()));
        builder.values(new ValueSettings(
                ValueSettings.DEFAULT.nullAtom(), ValueSettings.DEFAULT.json(), json(properties.json())));
    }

    private ConnectionSettings connection(ErlangProperties.Limits limits) {
        Duration netTicktime = properties.netTicktime();
        duration("net-ticktime", netTicktime, Duration.ofSeconds(1), Duration.ofHours(1));
        ConnectionSettings defaults = ConnectionSettings.DEFAULT;
        FragmentLimits fragments = defaults.fragments();
        DecodeLimits decode = defaults.decode();
        int frame = (int) bytes("limits.frame", limits.frame(), defaults.maxFrame(), 128 * KIB, MAX_FRAME);
        int message = (int) bytes("limits.message", limits.message(), fragments.messageBytes(), 64 * KIB, MAX_FRAME);
        long fragmented = bytes("limits.fragmented", limits.fragmented(), fragments.totalBytes(), 64 * KIB, 64 * GIB);
        return new ConnectionSettings(
                netTicktime,
                frame,
                new FragmentLimits(fragments.sequences(), message, fragmented),
                bytes("limits.queue", limits.queue(), defaults.maxQueued(), 64 * KIB, 16 * GIB),
                new DecodeLimits(decode.depth(), Math.max(frame, message), decode.digits(), decode.atoms()));
    }

    private static MailboxSettings mailboxes(ErlangProperties.Mailbox mailbox) {
        MailboxSettings defaults = MailboxSettings.DEFAULT;
        return new MailboxSettings(
                number("mailbox.messages", mailbox.messages(), 1, 100_000_000),
                bytes("mailbox.bytes", mailbox.bytes(), defaults.bytes(), KIB, 64 * GIB),
                bytes("mailbox.total-bytes", mailbox.totalBytes(), defaults.totalBytes(), MIB, 1024 * GIB),
                mailbox.overflow());
    }

    private static JsonLimits json(ErlangProperties.Json json) {
        return new JsonLimits(
                (int) bytes("json.bytes", json.bytes(), JsonLimits.DEFAULT.bytes(), KIB, 512 * MIB),
                number("json.depth", json.depth(), 1, 10_000),
                number("json.digits", json.digits(), 16, 1_000_000));
    }

    static void duration(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw ErlangStartException.of(
                    key, value + " is out of bounds; expected " + min + " to " + max + " (ISO 8601)");
        }
    }
}
