package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.Reply;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Records of a real node's modules, by the names that their debug information or an `.hrl` file has.
class RecordNamesIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final String HRL = "-record(user, {id, name = <<\"\">> :: binary(), tags = [] :: [atom()]}).\n";

    @TempDir
    static Path folder;

    private static TestNode node;
    private static Peer peer;

    record User(int id, String name, List<String> tags) {}

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang);
        Files.writeString(folder.resolve("users.hrl"), HRL);
        Files.writeString(folder.resolve("users.erl"), """
                -module(users).
                -export([all/0]).
                -include("users.hrl").
                -record(page, {users, next = none}).
                all() -> #page{users = [#user{id = 1, name = <<"joe">>, tags = [a]}, #user{id = 2}]}.
                """);
        compile("users", "debug_info");
    }

    private static void compile(String module, String options) {
        assertThat(erlang.eval(("D = \"%s\", code:add_patha(D), {ok, M} = compile:file(D ++ \"/%s\","
                                + " [{outdir, D}, %s]), code:purge(M), {module, M} = code:load_file(M), ok")
                        .formatted(folder, module, options)))
                .isEqualTo("ok");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String json(Reply reply) throws IOException {
        var out = new ByteArrayOutputStream();
        reply.writeJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Peer with(RecordDefinitions records) {
        return peer.with(CallOptions.DEFAULT.withRecords(records));
    }

    @Test
    void namesComeFromTheDebugInformationOfTheModule() throws IOException {
        RecordDefinitions records = peer.records("users");
        assertThat(records).isEqualTo(RecordDefinitions.parse(HRL + "-record(page, {users, next})."));
        assertThat(json(with(records).call("users", "all")))
                .isEqualTo("{\"users\":[{\"id\":1,\"name\":\"joe\",\"tags\":[\"a\"]},"
                        + "{\"id\":2,\"name\":\"\",\"tags\":[]}],\"next\":\"none\"}");
        assertThat(json(peer.call("users", "all"))).startsWith("[\"page\",[[\"user\",1,");
    }

    @Test
    void namesComeFromAFile() throws IOException {
        Peer named = with(RecordDefinitions.read(folder.resolve("users.hrl")));
        Reply page = named.call("users", "all");
        assertThat(json(page)).startsWith("[\"page\",[{\"id\":1,\"name\":\"joe\"");
        Reply users = named.call("erlang", "element", 2, page.term());
        assertThat(users.as(new TypeReference<List<User>>() {}))
                .containsExactly(new User(1, "joe", List.of("a")), new User(2, "", List.of()));
    }

    @Test
    void streamsHaveTheNamesToo() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var stream = with(peer.records("users")).stream("users", "all")) {
            stream.writeJson(out);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{\"users\":[{\"id\":1");
    }

    @Test
    void otpsOwnModulesHaveDebugInformation() {
        // Of a module that each installation has, and whose records have been the same for years.
        assertThat(peer.records("queue")).isEqualTo(RecordDefinitions.NONE);
        assertThat(peer.records("supervisor").toString()).contains("child/").contains("state/");
    }

    @Test
    void modulesWithoutNamesAreNamed() throws IOException {
        Files.writeString(folder.resolve("stripped.erl"), "-module(stripped).\n-record(a, {b}).\n");
        compile("stripped", "nowarn_unused_record");
        assertThatThrownBy(() -> peer.records("stripped"))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("the module stripped has no debug information of Erlang source");
        assertThatThrownBy(() -> peer.records("no_such_module"))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("has no object code of the module no_such_module");
        assertThat(with(peer.records("users")).call("erlang", "node").as(String.class))
                .isEqualTo(erlang.nodeName());
    }

    /// The node's answers are kept: a module that has changed on disk shows after a minute.
    @Test
    void aModuleIsAskedForOnce() throws IOException {
        Files.writeString(folder.resolve("kept.erl"), "-module(kept).\n-record(a, {b}).\n");
        compile("kept", "debug_info, nowarn_unused_record");
        RecordDefinitions first = peer.records("kept");
        Files.delete(folder.resolve("kept.beam"));
        assertThat(node.peer(erlang).records("kept")).isSameAs(first);
    }
}
