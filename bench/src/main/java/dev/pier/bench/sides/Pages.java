package dev.pier.bench.sides;

import dev.pier.bench.load.Page;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The page of each side.
public final class Pages {
    /// The names of pages that are compared with each other.
    public static final String PIER = "Pier";

    public static final String NO_CALL = "Pier, no call";
    public static final String POOLED = "JInterface, pooled mailboxes";
    public static final String YAWS_OWN = "Yaws, in its own node";

    /// The name of [#perRequest].
    public static final String PER_REQUEST = "JInterface, a connection per request";

    private Pages() {}

    /// All pages in the order of the report, Pier's first.
    public static List<Page> all(Scene scene) throws IOException, InterruptedException {
        return List.of(
                pier(scene),
                noCall(scene),
                pooled(scene),
                perRequest(scene),
                yawsOwn(scene),
                yawsErpc(scene),
                unbatched(scene));
    }

    private static Page pier(Scene scene) throws IOException, InterruptedException {
        return page(PIER, scene.pier().at("/call"), scene.pier().pid(), scene.backend());
    }

    private static Page unbatched(Scene scene) throws IOException, InterruptedException {
        Server server = scene.pierWithoutBatcher();
        return page("Pier, without pier_calls", server.at("/call"), server.pid(), scene.backend());
    }

    private static Page noCall(Scene scene) throws IOException, InterruptedException {
        return page(NO_CALL, scene.pier().at("/nocall"), scene.pier().pid());
    }

    private static Page pooled(Scene scene) throws IOException, InterruptedException {
        Server server = scene.jinterface();
        return page(POOLED, server.at("/pooled"), server.pid(), scene.backend());
    }

    /// JInterface with a connection per request, by far the slowest page.
    public static Page perRequest(Scene scene) throws IOException, InterruptedException {
        Server server = scene.jinterface();
        return page(PER_REQUEST, server.at("/each"), server.pid(), scene.backend());
    }

    private static Page yawsOwn(Scene scene) throws IOException {
        BeamNode yaws = scene.yaws();
        return page(YAWS_OWN, scene.yawsUrl().resolve("/own"), yaws.pid());
    }

    private static Page yawsErpc(Scene scene) throws IOException {
        BeamNode yaws = scene.yaws();
        return page("Yaws, erpc:call", scene.yawsUrl().resolve("/erpc"), yaws.pid(), scene.backend());
    }

    /// The pages of a node at mounts of Pier, and on HTTP ports of Erlang: EWGI, Yaws, `mod_esi`, inets, a function.
    public static List<Page> mounted(Scene scene) throws IOException, InterruptedException {
        Server mounts = scene.pierWithMounts();
        BeamNode backend = scene.backend();
        return List.of(
                page("Pier, EWGI at a mount", mounts.at("/ewgi"), mounts.pid(), backend),
                yawsOwn(scene),
                page("Pier, mod_esi at a mount", mounts.at("/esi/bench_mounted:esi"), mounts.pid(), backend),
                page("inets, mod_esi on its port", scene.inetsUrl().resolve("/esi/bench_mounted:esi"), backend.pid()),
                page("Pier, a function at a mount", mounts.at("/called"), mounts.pid(), backend));
    }

    /// @param server the id of the server's process
    /// @param peer the node that the page calls, if any
    public static Page page(String name, URI url, long server, BeamNode... peer) {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("server", server);
        for (BeamNode node : peer) {
            processes.put("peer", node.pid());
        }
        return new Page(name, url, processes);
    }
}
