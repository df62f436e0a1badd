package dev.pier.erlang.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// How an [ErlangPeer] is to be started. Not safe for use by many threads.
public final class PeerSetup {
    private final List<String> flags = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private ErlangInstallation installation = ErlangInstallation.find();
    private String prefix = "peer";
    private boolean nameless;
    private String cookie = randomCookie();
    private @Nullable TestTls tls = TestTls.ofTheRun().orElse(null);

    /// What was set up, for each start of the node.
    ///
    /// @param name without host; of a nameless node, what we call it
    record Plan(
            ErlangInstallation installation,
            String name,
            boolean nameless,
            String cookie,
            List<String> flags,
            Map<String, String> environment) {}

    PeerSetup() {}

    /// The first part of the node's name; what makes it unique is added.
    public PeerSetup prefix(String first) {
        prefix = first;
        return this;
    }

    /// A node that does not listen and is given a name by the first one that it connects to. Until then
    /// [ErlangPeer#nodeName()] is no name that Erlang knows; afterwards `eval("node()")` tells it.
    public PeerSetup nameless() {
        nameless = true;
        return this;
    }

    /// The cookie, where it must be that of another node. Else each node has one of its own.
    public PeerSetup cookie(String shared) {
        cookie = shared;
        return this;
    }

    /// More arguments for `erl`, such as `-hidden`.
    public PeerSetup flags(String... more) {
        flags.addAll(List.of(more));
        return this;
    }

    /// Distribution within TLS. By default all nodes of a run have it or none ([TestTls#ofTheRun]).
    public PeerSetup tls(TestTls files) {
        tls = files;
        return this;
    }

    /// Distribution without TLS, also in a run within TLS.
    public PeerSetup withoutTls() {
        tls = null;
        return this;
    }

    /// A node that others see only if they ask for hidden nodes.
    public PeerSetup hidden() {
        return flags("-hidden");
    }

    /// `net_ticktime`: a side that is silent for about so long is taken for dead. The least that Erlang takes is 4.
    public PeerSetup tickSeconds(int seconds) {
        return flags("-kernel", "net_ticktime", Integer.toString(seconds));
    }

    /// Where compiled modules are found.
    public PeerSetup codePath(Path folder) {
        return flags("-pa", folder.toAbsolutePath().toString());
    }

    public PeerSetup environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /// Another Erlang than the one that all tests use.
    public PeerSetup installation(ErlangInstallation other) {
        installation = other;
        return this;
    }

    /// Starts the node and returns when it is up and can be asked.
    ///
    /// @throws AssertionError if it does not come up, with what it printed
    public ErlangPeer start() {
        List<String> all = new ArrayList<>(flags);
        if (tls != null) {
            all.addAll(tls.flags());
        }
        return new ErlangPeer(new Plan(
                installation,
                TestHost.uniqueName(prefix),
                nameless,
                cookie,
                List.copyOf(all),
                Map.copyOf(environment)));
    }

    static String randomCookie() {
        byte[] bytes = new byte[16];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
