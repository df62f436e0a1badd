package dev.pier.erlang.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Mounts on a peer of two nodes.
class GroupMountIT {
    private static final String MODULE = """
            -module(where).
            -export([node/1, handle/1]).
            node(_) -> {ok, erlang:node()}.
            handle({ewgi_context, Request, _}) ->
                {ewgi_context, Request, {ewgi_response, {200, "OK"}, [], atom_to_list(erlang:node()), undefined}}.
            """;

    @RegisterExtension
    final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @TempDir
    Path folder;

    /// The nodes that answer 20 requests, all of them with 200.
    private static Set<String> nodes(MountedPier pier, String path) throws Exception {
        Set<String> nodes = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            var answer = pier.get(path);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            nodes.add(answer.body().replace("\"", ""));
        }
        return nodes;
    }

    @Test
    void requestsGoToTheNodesThatHaveTheFunctions() throws Exception {
        first.compile(MODULE);
        try (MountedPier pier = MountedPier.start(folder, first, """
                erlang.peers.both { nodes = [ "%s", "%s" ], balance = round-robin }
                erlang.mounts {
                  "/call" { peer = both, call = "where:node" }
                  "/ewgi" { peer = both, ewgi = "where:handle" }
                }
                """.formatted(first.nodeName(), second.nodeName()))) {
            String problem = second.nodeName() + ": the module where does not exist (nofile)";
            Await.value(
                    "a look at both nodes for both mounts",
                    () -> pier.admin("/status"),
                    status -> status.indexOf(problem) < status.lastIndexOf(problem));
            assertThat(nodes(pier, "/call")).containsExactly(first.nodeName());
            assertThat(nodes(pier, "/ewgi")).containsExactly(first.nodeName());
            assertThat(pier.admin("/status")).contains("\"state\":\"serving\"").doesNotContain("\"state\":\"failed\"");

            second.compile(MODULE);
            Await.value("both nodes serve calls", () -> nodes(pier, "/call"), it -> it.size() == 2);
            Await.value("both nodes serve EWGI", () -> nodes(pier, "/ewgi"), it -> it.size() == 2);
            assertThat(pier.admin("/status")).doesNotContain("nofile");

            first.kill();
            Await.value("the loss", () -> pier.admin("/status"), it -> it.contains("lastProblem"));
            assertThat(nodes(pier, "/call")).containsExactly(second.nodeName());
            assertThat(nodes(pier, "/ewgi")).containsExactly(second.nodeName());
        }
    }
}
