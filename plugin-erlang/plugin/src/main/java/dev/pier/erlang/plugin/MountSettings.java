package dev.pier.erlang.plugin;

import dev.pier.erlang.servlet.mount.Gateway;
import dev.pier.server.config.Section;
import dev.pier.server.plugin.Hosts;
import dev.pier.server.plugin.Mount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One section `erlang.mounts."/path"`: the function or application at a path.
///
/// @param timeout how long an answer may take to begin
/// @param maxRequestBody in bytes; null for that of the server
/// @param hosts in lower case; empty for all
/// @param rawPath whether paths with `%2F`, `%25` or `//` are passed on as they are
record MountSettings(
        String path,
        String peer,
        Gateway gateway,
        Duration timeout,
        @Nullable Long maxRequestBody,
        Set<String> hosts,
        boolean rawPath) {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /// The keys that say which interface a mount has.
    private static final List<String> KINDS = List.of("call", "ewgi", "esi", "plug", "cowboy", "port");

    private static final Pattern FUNCTION = Pattern.compile("([^\\s:]+):([^\\s:/]+)");
    private static final Pattern MODULE = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*");
    private static final Pattern METHOD = Pattern.compile("[A-Za-z0-9-]{1,40}");

    /// The setting of a mount's limit, for messages.
    String limitSetting() {
        return "erlang.mounts.\"" + path + "\".max-request-body";
    }

    /// Reads the mounts. Problems are reported to the section.
    ///
    /// @param peers the names of the peers
    static List<MountSettings> read(Section erlang, Set<String> peers) {
        List<MountSettings> mounts = new ArrayList<>();
        erlang.sections("mounts").forEach((path, mount) -> {
            if (!Mount.isPath(path)) {
                erlang.section("mounts").problem(path, "is not the path of a mount: " + Mount.EXPECTED_PATH);
            }
            read(path, mount, peers).ifPresent(mounts::add);
        });
        return mounts;
    }

    /// Reports the setting `peer` of a section if `erlang.peers` does not have it.
    static void requirePeer(Section section, String peer, Set<String> peers) {
        if (!peers.contains(peer)) {
            section.problem(
                    "peer",
                    "there is no peer '" + peer + "' in erlang.peers; there is "
                            + (peers.isEmpty() ? "none" : String.join(", ", peers)));
        }
    }

    private static Optional<MountSettings> read(String path, Section mount, Set<String> peers) {
        Optional<String> peer = mount.string("peer");
        if (peer.isEmpty()) {
            mount.problem("peer", "is missing: the name of a peer in erlang.peers");
        } else {
            requirePeer(mount, peer.get(), peers);
        }
        Optional<String> call = mount.string("call");
        Optional<String> ewgi = mount.string("ewgi");
        Optional<String> esi = mount.string("esi");
        Optional<String> plug = mount.string("plug");
        String options = mount.string("options", "[]");
        Optional<String> cowboy = mount.string("cowboy");
        int port = mount.integer("port", 0, 0, 65_535);
        List<String> methods = methods(mount);
        Duration timeout =
                mount.duration("timeout", Duration.ofSeconds(30), Duration.ofMillis(1), Duration.ofHours(24));
        long limit = mount.bytes("max-request-body", 8 * MIB, KIB, 1024 * 1024 * MIB);
        Set<String> hosts = Hosts.read(mount).names();
        boolean stripPath = mount.flag("strip-path", true);
        boolean rawPath = mount.flag("raw-path", false);
        List<String> kinds = KINDS.stream()
                .filter(kind -> mount.has(kind) && (port > 0 || !kind.equals("port")))
                .toList();
        if (kinds.isEmpty()) {
            mount.problem("call", "is missing: what the mount serves; expected one of " + String.join(", ", KINDS));
        } else if (kinds.size() > 1) {
            mount.problem(kinds.get(1), "is given together with " + kinds.getFirst() + ": use one of the two");
        }
        if (!mount.has("call") && mount.has("methods")) {
            mount.problem("methods", "is for a mount with call");
        }
        if (!mount.has("plug") && mount.has("options")) {
            mount.problem("options", "is for a mount with plug");
        }
        Optional<Gateway> gateway = call.flatMap(text -> function(mount, "call", text))
                .map(it -> Gateway.call(it.group(1), it.group(2), methods))
                .or(() -> ewgi.flatMap(text -> function(mount, "ewgi", text))
                        .map(it -> new Gateway.Ewgi(it.group(1), it.group(2), stripPath, rawPath)))
                .or(() -> esi.flatMap(text -> modules(mount, text)).map(Gateway::esi))
                .or(() -> plug.flatMap(text -> module(mount, text)).map(it -> Gateway.plug(it, options, stripPath)))
                .or(() -> cowboy.flatMap(text -> listener(mount, text)).map(it -> Gateway.cowboy(it, stripPath)))
                .or(() -> port == 0 ? Optional.empty() : Optional.of(Gateway.cowboy(port, stripPath)));
        Long itsOwn = mount.has("max-request-body") ? limit : null;
        return peer.isEmpty()
                ? Optional.empty()
                : gateway.map(it -> new MountSettings(path, peer.get(), it, timeout, itsOwn, hosts, rawPath));
    }

    private static Optional<Matcher> function(Section mount, String key, String text) {
        Matcher function = FUNCTION.matcher(text.strip());
        if (function.matches()) {
            return Optional.of(function);
        }
        mount.problem(key, "'" + text + "' is not a function: expected \"module:function\"");
        return Optional.empty();
    }

    private static Optional<List<String>> modules(Section mount, String text) {
        List<String> modules = Stream.of(text.strip().split("[,\\s]+"))
                .filter(name -> !name.isEmpty())
                .toList();
        if (modules.isEmpty() || modules.stream().anyMatch(name -> name.indexOf(':') >= 0)) {
            mount.problem("esi", "'" + text + "' does not name modules: expected \"my_pages\" or \"my_pages, others\"");
            return Optional.empty();
        }
        return Optional.of(modules);
    }

    private static Optional<String> module(Section mount, String text) {
        String name = text.strip();
        if (MODULE.matcher(name).matches()) {
            return Optional.of(name);
        }
        mount.problem("plug", "'" + text + "' is not a module: expected \"Shop.Router\"");
        return Optional.empty();
    }

    private static Optional<String> listener(Section mount, String text) {
        if (text.isBlank()) {
            mount.problem("cowboy", "is empty: expected the name of a listener, as ranch:info() has it");
            return Optional.empty();
        }
        return Optional.of(text.strip());
    }

    private static List<String> methods(Section mount) {
        List<String> methods = mount.strings("methods");
        for (String method : methods) {
            if (!METHOD.matcher(method).matches()) {
                mount.problem("methods", "'" + method + "' is not an HTTP method");
            }
        }
        if (mount.has("methods") && methods.isEmpty()) {
            mount.problem("methods", "names no method: expected a list such as [ GET, POST ]");
        }
        return methods.isEmpty() ? List.of("GET") : methods;
    }
}
