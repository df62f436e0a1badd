package dev.pier.erlang.plugin;

import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.FixedPortLocator;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.internal.HeapShare;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.mailbox.MailboxSettings;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.ValueSettings;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.served.ServedLimits;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.server.config.Section;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads the section `erlang { … }` of `server.conf` into a [NodeBuilder]. Problems are reported to the
/// section.
///
/// @param builder with all settings of the section
/// @param required the peers without which the server is not ready, and how many of their nodes must be connected
/// @param mounts what is served at paths of the server
record ErlangSettings(NodeBuilder builder, Map<String, RequiredNodes> required, List<MountSettings> mounts) {
    /// Stands in for a name that is missing or wrong, so that the other settings are checked as well.
    static final String UNNAMED = "unnamed@localhost";

    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;
    private static final long GIB = 1L << 30;
    /// The largest size of one array, rounded down.
    private static final long MAX_FRAME = 2047L * MIB;

    private enum Null {
        UNDEFINED,
        NIL,
        NULL
    }

    private enum Introspection {
        ON,
        OFF
    }

    private enum Charlists {
        TEXT,
        ARRAY
    }

    private enum Structs {
        DROP,
        KEEP
    }

    private enum Proplists {
        ARRAY,
        OBJECT
    }

    /// Whether modules of Pier may be loaded into peers that lack them.
    boolean loadsModules() {
        return builder.settings().link().bulk().loadProducer();
    }

    /// Empty if `erlang.node` is not set: the server then has no Erlang side.
    static Optional<ErlangSettings> read(Section section) {
        boolean named = section.has("node");
        NodeName node = nodeName(section);
        NodeBuilder builder = ErlangNodes.builder(node.toString());
        cookie(section, builder);
        boolean tls = TlsSection.read(section.section("tls"), builder);
        listen(section.section("listen"), builder);
        builder.listenTls(TlsSection.use(section.section("listen"), tls));
        LinkSettings link = LinkSettings.DEFAULT.withMaxHandshakes(
                section.section("listen").integer("max-handshakes", LinkSettings.DEFAULT.maxHandshakes(), 1, 10_000));
        epmd(section.section("epmd"), builder);
        link = link.withConnectTimeout(section.duration(
                "connect-timeout", link.connectTimeout(), Duration.ofMillis(100), Duration.ofMinutes(1)));
        link = link.withBatching(section.section("calls").choice("helper", BatchingMode.PRESENT));
        Section limits = section.section("limits");
        link = link.withMaxCalls(limits.integer("calls", link.maxCalls(), 1, 1_000_000));
        link = link.withMaxNodes(limits.integer("connected-nodes", link.maxNodes(), 1, 100_000));
        builder.maxServed(limits.integer("served", ServedLimits.DEFAULT.calls(), 1, 1_000_000));
        builder.maxServedBytes(bytes(limits, "served-bytes", 128L * MIB, 8, 64L * KIB, 64 * GIB));
        builder.processes(processes(limits));
        link = link.withConnection(connection(section));
        builder.values(values(section));
        builder.introspection(section.choice("introspection", Introspection.ON) == Introspection.ON);
        builder.mailboxes(mailboxes(section.section("mailbox")));
        builder.link(link.withBulk(bulk(section.section("bulk"))));
        Map<String, RequiredNodes> required = PeerSections.read(section, builder, tls);
        List<MountSettings> mounts =
                MountSettings.read(section, builder.settings().peers().keySet());
        if (!named && !builder.settings().peers().isEmpty()) {
            section.problem("node", "is missing: this node's name, such as \"web@localhost\"");
        }
        return named ? Optional.of(new ErlangSettings(builder, required, mounts)) : Optional.empty();
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

    private static void cookie(Section section, NodeBuilder builder) {
        Optional<String> value = section.secret("cookie");
        Optional<Path> file = section.path("cookie-file");
        if (value.isPresent() && file.isPresent()) {
            section.problem("cookie", "is given together with cookie-file: use one of the two");
        }
        file.ifPresent(builder::cookieFile);
        try {
            value.ifPresent(builder::cookie);
        } catch (IllegalArgumentException e) {
            section.problem("cookie", sentence(e));
        }
    }

    private static void listen(Section section, NodeBuilder builder) {
        boolean enabled = section.flag("enabled", true);
        int port = section.integer("port", 0, 0, 65_535);
        builder.listen(port);
        section.string("host").ifPresent(host -> {
            try {
                builder.listen(new InetSocketAddress(InetAddress.getByName(host), port));
            } catch (UnknownHostException e) {
                section.problem("host", "'" + host + "' has no address");
            }
        });
        if (!enabled) {
            builder.withoutListening();
        }
        List<String> allowed = section.strings("allow");
        if (section.has("allow")) {
            builder.allow(allowed);
        }
    }

    private static void epmd(Section section, NodeBuilder builder) {
        builder.epmd(EpmdSettings.DEFAULT
                .withRegister(section.flag("enabled", true))
                .withPort(section.integer("port", EpmdSettings.DEFAULT_PORT, 1, 65_535)));
        int fixed = section.integer("fixed-port", 0, 0, 65_535);
        if (fixed > 0) {
            builder.locator(_ -> new FixedPortLocator(fixed));
        }
    }

    private static ConnectionSettings connection(Section section) {
        Duration netTickTime =
                section.duration("net-ticktime", Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofHours(1));
        Section limits = section.section("limits");
        DecodeLimits defaults = DecodeLimits.DEFAULT;
        int frame = (int) bytes(limits, "frame", 256L * MIB, 8, 128L * KIB, MAX_FRAME);
        int message = (int) bytes(limits, "message", 256L * MIB, 8, 64L * KIB, MAX_FRAME);
        return new ConnectionSettings(
                netTickTime,
                frame,
                new FragmentLimits(
                        limits.integer("fragmented-messages", FragmentLimits.DEFAULT.sequences(), 1, 1_000_000),
                        message,
                        bytes(limits, "fragmented", 512L * MIB, 4, 64L * KIB, 64 * GIB)),
                bytes(limits, "queue", 64L * MIB, 16, 64L * KIB, 16 * GIB),
                new DecodeLimits(
                        limits.integer("depth", defaults.depth(), 16, 100_000),
                        Math.max(frame, message),
                        limits.integer("digits", defaults.digits(), 100, 10_000_000),
                        limits.integer("atoms", defaults.atoms(), 255, 1_000_000_000)));
    }

    /// A limit of bytes. If it is not set, it takes at most one `part` of the heap.
    private static long bytes(Section section, String key, long fallback, int part, long min, long max) {
        long value = section.bytes(key, fallback, min, max);
        return section.has(key) ? value : HeapShare.atMost(value, part);
    }

    private static MailboxSettings mailboxes(Section section) {
        MailboxSettings defaults = MailboxSettings.DEFAULT;
        return new MailboxSettings(
                section.integer("messages", defaults.messages(), 1, 100_000_000),
                bytes(section, "bytes", 64L * MIB, 16, KIB, 64 * GIB),
                bytes(section, "total-bytes", GIB, 8, MIB, 1024 * GIB),
                section.choice("overflow", defaults.overflow()));
    }

    private static ProcessLimits processes(Section section) {
        ProcessLimits defaults = ProcessLimits.DEFAULT;
        int links = section.integer("links", 100_000, 1, 10_000_000);
        int monitors = section.integer("monitors", 1_000_000, 1, 100_000_000);
        return new ProcessLimits(
                section.has("links") ? links : defaults.links(),
                section.has("monitors") ? monitors : defaults.monitors());
    }

    private static BulkSettings bulk(Section section) {
        BulkSettings defaults = BulkSettings.DEFAULT;
        return new BulkSettings(
                section.integer("lanes", defaults.lanes(), 1, 1_000),
                section.duration("idle", defaults.idle(), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.duration("unread", defaults.unread(), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.duration("stall", defaults.stall(), Duration.ofMillis(100), Duration.ofDays(1)),
                (int) section.bytes("window", defaults.window(), 64L * KIB, 1L * GIB),
                bytes(section, "bytes", 256L * MIB, 4, MIB, 64 * GIB),
                section.integer("streams-per-client", defaults.perClient(), 0, 1_000_000),
                section.flag("load-helper", defaults.loadProducer()));
    }

    private static ValueSettings values(Section erlang) {
        Atom nullAtom = Atom.of(erlang.choice("null", Null.UNDEFINED).name().toLowerCase(Locale.ROOT));
        RecordDefinitions records = records(erlang);
        Section json = erlang.section("json");
        return new ValueSettings(
                nullAtom,
                new JsonOptions(
                        json.choice("binaries", JsonOptions.DEFAULT.binaries()),
                        json.choice("charlists", Charlists.TEXT) == Charlists.TEXT,
                        json.choice("proplists", Proplists.ARRAY) == Proplists.OBJECT,
                        json.choice("chardata", Charlists.ARRAY) == Charlists.TEXT,
                        json.choice("structs", Structs.DROP) == Structs.KEEP,
                        records),
                jsonLimits(json));
    }

    private static JsonLimits jsonLimits(Section json) {
        JsonLimits defaults = JsonLimits.DEFAULT;
        return new JsonLimits(
                (int) json.bytes("bytes", defaults.bytes(), KIB, 512L * MIB),
                json.integer("depth", defaults.depth(), 1, 10_000),
                json.integer("digits", defaults.digits(), 16, 1_000_000));
    }

    private static RecordDefinitions records(Section erlang) {
        Optional<Path> path = erlang.path("records");
        if (path.isEmpty()) {
            return RecordDefinitions.NONE;
        }
        try {
            RecordDefinitions records = RecordDefinitions.read(path.get());
            if (records.isEmpty()) {
                erlang.problem("records", "defines no records: " + path.get());
            }
            return records;
        } catch (IllegalArgumentException e) {
            erlang.problem("records", sentence(e));
        } catch (NoSuchFileException e) {
            erlang.problem("records", "does not exist: " + path.get());
        } catch (IOException e) {
            erlang.problem("records", "cannot be read as UTF-8: " + path.get() + " (" + e + ")");
        }
        return RecordDefinitions.NONE;
    }

    static String sentence(IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
    }
}
