package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.servlet.mount.ErlangMounts;
import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.plugin.Mount;
import dev.pier.server.plugin.PluginContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The mounts of `erlang.mounts`: registers them with the server, and follows the nodes of their peers.
///
/// *Threads.* Started by one thread; safe for all threads afterwards.
final class ErlangMounted implements HealthCheck {
    private final List<MountState> states = new ArrayList<>();

    private ErlangMounted() {}

    static ErlangMounted start(List<MountSettings> mounts, NodeRuntime node, PluginContext context) {
        ErlangMounted mounted = new ErlangMounted();
        for (MountSettings mount : mounts) {
            mounted.add(mount, node, context);
        }
        if (!mounts.isEmpty()) {
            // The node ends it with itself.
            var _ = node.onPeer(mounted::changed);
            context.readinessCheck(mounted);
        }
        return mounted;
    }

    private void add(MountSettings mount, NodeRuntime node, PluginContext context) {
        Peer peer = node.peer(mount.peer());
        MountState state = new MountState(mount, peer, () -> {}, context.metrics());
        states.add(state);
        context.mount(new Mount(
                mount.path(),
                ErlangMounts.servlet(node, peer.with(new CallOptions(mount.timeout())), mount.gateway(), state),
                mount.hosts(),
                mount.maxRequestBody(),
                mount.limitSetting()));
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
