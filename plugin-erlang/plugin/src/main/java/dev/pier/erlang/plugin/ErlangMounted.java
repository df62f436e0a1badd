package dev.pier.erlang.plugin;

import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.servlet.mount.ErlangMounts;
import dev.pier.erlang.servlet.mount.Gateway;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.Mount;
import dev.pier.server.plugin.PluginContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The mounts of `erlang.mounts`: registers them with the server, and follows the nodes of their peers.
///
/// *Threads.* Started by one thread; safe for all threads afterwards.
final class ErlangMounted implements HealthCheck {
    private static final Set<String> OWN_MODULES = Set.of(
            "pier_stream",
            "pier_ewgi",
            "pier_esi",
            "pier_mount",
            "pier_cowboy",
            "pier_cowboy_socket",
            "pier_plug",
            "pier_plug_socket");

    private final List<MountState> states = new ArrayList<>();

    private ErlangMounted() {}

    /// @param loads whether Pier's own modules may be loaded into peers that lack them
    static ErlangMounted start(List<MountSettings> mounts, boolean loads, NodeRuntime node, PluginContext context) {
        ErlangMounted mounted = new ErlangMounted();
        for (MountSettings mount : mounts) {
            mounted.add(mount, loads, node, context);
        }
        if (!mounts.isEmpty()) {
            // The node ends it with itself.
            var _ = node.onPeer(mounted::changed);
            context.readinessCheck(mounted);
        }
        return mounted;
    }

    private void add(MountSettings mount, boolean loads, NodeRuntime node, PluginContext context) {
        Peer peer = node.peer(mount.peer());
        MountState state = new MountState(mount, peer, () -> load(mount.gateway(), peer, loads), context.metrics());
        states.add(state);
        context.mount(new Mount(
                mount.path(),
                ErlangMounts.servlet(node, peer, mount.gateway(), mount.timeout(), state),
                mount.hosts(),
                mount.maxRequestBody(),
                mount.limitSetting(),
                mount.rawPath()));
    }

    /// Loads the modules of Pier that a gateway needs.
    private static void load(Gateway gateway, Peer peer, boolean loads) {
        if (!loads) {
            return;
        }
        for (PeerStatus node : peer.nodes()) {
            if (node.isConnected()) {
                gateway.modules().stream()
                        .filter(OWN_MODULES::contains)
                        .forEach(module -> ModuleLoader.load(module, peer.on(node.node())));
            }
        }
    }

    private void changed(PeerEvent event) {
        if (event.kind() == PeerEvent.Kind.UP) {
            states.stream().filter(state -> state.isOn(event.node())).forEach(MountState::check);
        }
    }

    /// The rows of `/status`.
    List<Map<String, Object>> status() {
        return states.stream().map(MountState::describe).toList();
    }

    @Override
    public String name() {
        return "erlang/mounts";
    }

    /// A failed mount never makes the server unready: the others serve.
    @Override
    public Result check() {
        Map<String, Object> data = new LinkedHashMap<>();
        states.stream().map(MountState::brief).forEach(it -> data.put(it.getKey(), it.getValue()));
        return new Result(true, data);
    }
}
