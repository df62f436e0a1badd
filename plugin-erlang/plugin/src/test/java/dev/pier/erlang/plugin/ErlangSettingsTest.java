package dev.pier.erlang.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.pier.erlang.Balance;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.node.DnsSettings;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.node.PeerSettings;
import dev.pier.erlang.node.ValueSettings;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.servlet.mount.Gateway;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.config.Setting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `erlang { … }` of server.conf may say, and that docs/settings.md says the same.
class ErlangSettingsTest {
    private static final Path DOCUMENTATION = Path.of("../../docs/settings.md");
    private static final String WHOLE = "erlang { node = \"web@localhost\", peers { backend { node = \"b@h\" } },"
            + " mounts { \"/a\" { peer = backend, call = \"m:f\" } } }";

    @TempDir
    Path folder;

    private Optional<ErlangSettings> read(String text) throws ConfigurationException {
        Configuration configuration = Configuration.parse(text, folder);
        Optional<ErlangSettings> settings = ErlangSettings.read(configuration.section("erlang"));
        configuration.check();
        return settings;
    }

    private NodeSettings settings(String text) throws ConfigurationException {
        return read(text).orElseThrow().builder().settings();
    }

    @Test
    void everySettingHasItsLineInTheDocumentation() throws Exception {
        List<String> documented = Files.readAllLines(DOCUMENTATION).stream()
                .filter(line -> line.startsWith("| `erlang."))
                .map(line -> line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1))
                .toList();
        Configuration configuration = Configuration.parse(WHOLE, folder);
        ErlangSettings.read(configuration.section("erlang"));

        // The page groups them by how often they are needed.
        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(
                        configuration.settings().stream().map(Setting::row).toList());
    }

    @Test
    void valuesAreMappedAsTheSettingsSay() throws Exception {
        String choice = "erlang { node = \"web@localhost\", null = nil,"
                + " json { binaries = array, charlists = array, proplists = object } }";
        ValueSettings chosen = settings(choice).values();
        EtfOutput nothing = new EtfOutput(16);
        chosen.newMapper(DecodeLimits.DEFAULT).write(null, nothing);
        assertThat(EncodedTerm.of(nothing.toByteArray()).decode(DecodeLimits.DEFAULT))
                .isEqualTo(Atom.of("nil"));
        assertThat(json(chosen, "{<<255>>,\"a\",[{a,1}]}")).isEqualTo("[[255],[97],{\"a\":1}]");
        ValueSettings text = settings("erlang { node = \"web@localhost\", json { chardata = text } }")
                .values();
        assertThat(json(text, "[[97]|<<\"b\">>]")).isEqualTo("\"ab\"");
        assertThat(json(settings(WHOLE).values(), "{<<255>>,\"a\",[{a,1}]}")).isEqualTo("[\"/w==\",\"a\",[[\"a\",1]]]");
    }

    private static String json(ValueSettings settings, String term) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        settings.newMapper(DecodeLimits.DEFAULT).writeJson(EncodedTerm.of(Term.parse(term)), json);
        return json.toString(StandardCharsets.UTF_8);
    }

    @Test
    void recordsAreReadFromFiles() throws Exception {
        Path records = Files.createDirectory(folder.resolve("records"));
        Path users = Files.writeString(records.resolve("users.hrl"), "-record(user, {id, name}).");
        String text = "erlang { node = \"web@localhost\", records = records }";
        assertThat(json(settings(text).values(), "{user,1,b}")).isEqualTo("{\"id\":1,\"name\":\"b\"}");
        Files.writeString(users, "%\n-record(user, {Id}).");
        assertThatThrownBy(() -> read(text))
                .hasMessageContaining("erlang.records")
                .hasMessageContaining("users.hrl: line 2, before 'Id}).'");
        Files.writeString(users, "% nothing");
        assertThatThrownBy(() -> read(text)).hasMessageContaining("defines no records");
    }

    @Test
    void withoutANodeThereIsNoErlangSide() throws Exception {
        assertThat(read("")).isEmpty();
        assertThat(read("erlang {}")).isEmpty();
    }

    @Test
    void aNodeWithPeers() throws Exception {
        ErlangSettings settings = read("""
                erlang {
                  node = "web@localhost"
                  cookie-file = cookie
                  net-ticktime = 8 s
                  peers {
                    backend { node = "backend@somewhere", address = "10.0.0.1:9100", required = true, timeout = 2 s }
                    logs { node = "logs@localhost", connect = at-first-use }
                  }
                }
                """).orElseThrow();
        NodeSettings node = settings.builder().settings();
        assertThat(node.name()).hasToString("web@localhost");
        assertThat(settings.builder().cookieSource())
                .isEqualTo(folder.resolve("cookie").toString());
        assertThat(node.link().connection().netTickTime()).isEqualTo(Duration.ofSeconds(8));
        assertThat(node.peers().keySet()).containsExactly("backend", "logs");
        PeerSettings backend = requireNonNull(node.peers().get("backend"));
        assertThat(requireNonNull(backend.address()).getPort()).isEqualTo(9100);
        assertThat(settings.required()).containsExactly(entry("backend", Required.ANY));
        assertThat(backend.options().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(requireNonNull(node.peers().get("logs")).connect()).isEqualTo(PeerSettings.Connect.AT_FIRST_USE);
    }

    @Test
    void peersOfSeveralNodes() throws Exception {
        ErlangSettings settings = read("""
                erlang {
                  node = "web@localhost"
                  peers {
                    one { nodes = ["b@h1", "b@h2"], balance = round-robin, required = all }
                    two { nodes = ["b@h2", "c@h1"], required = any }
                    three { node = "d@h", required = false }
                    four { dns { name = "backend.prod.svc", node = backend }, balance = first }
                    five { dns { name = "other.prod.svc", node = backend, interval = 1 minute } }
                  }
                }
                """).orElseThrow();
        NodeSettings node = settings.builder().settings();
        assertThat(peer(node, "one").nodes()).extracting(NodeName::toString).containsExactly("b@h1", "b@h2");
        assertThat(peer(node, "one").balance()).isEqualTo(Balance.ROUND_ROBIN);
        assertThat(peer(node, "two").balance()).isEqualTo(Balance.LEAST_CALLS);
        assertThat(peer(node, "four").nodes()).isEmpty();
        assertThat(peer(node, "four").balance()).isEqualTo(Balance.FIRST);
        assertThat(peer(node, "four").dns())
                .isEqualTo(new DnsSettings("backend.prod.svc", "backend", Duration.ofSeconds(5)));
        assertThat(requireNonNull(peer(node, "five").dns()).interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.required()).containsExactly(entry("one", Required.ALL), entry("two", Required.ANY));
    }

    private static PeerSettings peer(NodeSettings node, String name) {
        return requireNonNull(node.peers().get(name));
    }

    @Test
    void aNodeOnLocalhostListensThereOnly() throws Exception {
        assertThat(requireNonNull(settings(WHOLE).listen()).getAddress().isLoopbackAddress())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            node = "web"                                                             | erlang.node | has no host
            node = "web@no-such-host.invalid"                                        | erlang.node | has no address
            node = "@localhost"                                                      | erlang.node | no name before the @
            nod = "web@localhost"                                                    | erlang.nod  | did you mean node
            node = "web@localhost", net-ticktime = 60                                | erlang.net-ticktime | unit
            node = "web@localhost", net-ticktime = 0 s                               | erlang.net-ticktime | from 1 s
            node = "web@localhost", limits.depth = 1                                 | erlang.limits.depth | from 16
            node = "web@localhost", calls.helper = always                            | erlang.calls.helper | one of never, present, load
            node = "web@localhost", limits.links = 0                                 | erlang.limits.links | from 1
            node = "web@localhost", limits.served = 0                                | erlang.limits.served | from 1
            node = "web@localhost", limits.served-bytes = 1 KiB                      | erlang.limits.served-bytes | from 64 KiB
            node = "web@localhost", limits.served-bytes = 1000                       | erlang.limits.served-bytes | unit
            node = "web@localhost", limits.monitors = 0                              | erlang.limits.monitors | from 1
            node = "web@localhost", limits.connected-nodes = 0                       | erlang.limits.connected-nodes | from 1
            node = "web@localhost", records = "none.hrl"                             | erlang.records | does not exist
            node = "web@localhost", listen.port = 70000                              | erlang.listen.port  | 65535
            node = "web@localhost", peers.b.node = "b"                               | erlang.peers.b.node | no host
            node = "web@localhost", peers.b {}                                       | erlang.peers.b.node | is missing
            node = "web@localhost", peers.b { node = "b@h", connect = soon }         | erlang.peers.b.connect | eager
            node = "web@localhost", peers.b { node = "b@h", balance = random }       | erlang.peers.b.balance | one of round-robin, least-calls, first
            node = "web@localhost", peers.b { node = "b@h", required = some }        | erlang.peers.b.required | one of none, any, all
            node = "web@localhost", peers.b { nodes = [] }                           | erlang.peers.b.nodes | names no node
            node = "web@localhost", peers.b { nodes = ["b@h", "b"] }                 | erlang.peers.b.nodes | no host
            node = "web@localhost", peers.b { nodes = ["b@h", "c@h", "b@h"] }        | erlang.peers.b.nodes | b@h is given twice
            node = "web@localhost", peers.b { node = "b@h", nodes = ["b@h"] }        | erlang.peers.b.nodes | together with node
            node = "web@localhost", peers.b { node = "b@h", dns { name = n, node = b } } | erlang.peers.b.dns | together with node
            node = "web@localhost", peers.b { nodes = ["b@h"], dns { name = n, node = b } } | erlang.peers.b.dns | together with nodes
            node = "web@localhost", peers.b { dns { name = n } }                     | erlang.peers.b.dns.node | is missing
            node = "web@localhost", peers.b { dns { node = b } }                     | erlang.peers.b.dns.name | is missing
            node = "web@localhost", peers.b { dns { name = n, node = "b@h" } }       | erlang.peers.b.dns.node | more than one @
            node = "web@localhost", peers.b { dns { name = n, node = b, interval = 1 ms } } | erlang.peers.b.dns.interval | from 100 ms
            node = "web@localhost", peers.b { nodes = ["b@h", "c@h"], address = "h:1" } | erlang.peers.b.address | of one node
            node = "web@localhost", peers { b.node = "b@h", c { nodes = ["b@h"], cookie-file = f } } | cookie-file | with another cookie
            node = "web@localhost", epmd.fixed-port = 65536                          | erlang.epmd.fixed-port | 65535
            node = "web@localhost", peers.b { node = "b@h", address = "h" }          | erlang.peers.b.address | host:port
            node = "web@localhost", peers.node { node = "b@h" }                      | erlang.peers.node | not called 'node'
            peers.b { node = "b@h" }                                                 | erlang.node | is missing
            peers.b.node = "b@h", node = "web@localhost", mounts { "a" { peer = b, call = "m:f" } } | erlang.mounts.a | not the path of a mount
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a/" { peer = b, call = "m:f" } } | erlang.mounts./a/ | expected "/"
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = c, call = "m:f" } } | erlang.mounts./a.peer | there is no peer 'c' in erlang.peers; there is b
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { call = "m:f" } } | erlang.mounts./a.peer | is missing
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b } } | erlang.mounts./a.call | is missing
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, wsgi = "m:f" } } | erlang.mounts./a.wsgi | unknown setting
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, call = "m:f", ewgi = "m:f" } } | erlang.mounts./a.ewgi | given together with call
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, esi = "m:f" } } | erlang.mounts./a.esi | does not name modules
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, esi = " , " } } | erlang.mounts./a.esi | does not name modules
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, cowboy = " " } } | erlang.mounts./a.cowboy | is empty
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, cowboy = "http", port = 80 } } | erlang.mounts./a.port | given together with cowboy
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, port = 65536 } } | erlang.mounts./a.port | 65535
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, ewgi = "f" } } | erlang.mounts./a.ewgi | expected "module:function"
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, ewgi = "m:f", methods = [GET] } } | erlang.mounts./a.methods | for a mount with call
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, call = "m" } } | erlang.mounts./a.call | expected "module:function"
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, call = "m:f", methods = [] } } | erlang.mounts./a.methods | names no method
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, call = "m:f", methods = ["G T"] } } | erlang.mounts./a.methods | not an HTTP method
            peers.b.node = "b@h", node = "web@localhost", mounts { "/a" { peer = b, call = "m:f", hosts = ["a:80"] } } | erlang.mounts./a.hosts | without a port
            """)
    void whatIsWrongIsNamedWithFileLineAndKey(String text, String key, String allowed) {
        assertThatThrownBy(() -> read("erlang {\n " + text + "\n}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(":")
                .hasMessageContaining(key)
                .hasMessageContaining(allowed);
    }

    @Test
    void mountsAreReadAsTheyStand() throws Exception {
        List<MountSettings> mounts = read("""
                erlang {
                  node = "web@localhost"
                  peers.b.node = "b@h"
                  mounts {
                    "/" { peer = b, call = "m:f" }
                    "/a/b" { peer = b, call = "Elixir.Shop:find", methods = [post], timeout = 1 s,
                             max-request-body = 1 MiB, hosts = ["Shop.Example"] }
                    "/s" { peer = b, esi = "m, n" }
                    "/e" { peer = b, ewgi = "m:f", strip-path = false, raw-path = true }
                    "/c" { peer = b, cowboy = "shop_http" }
                    "/p" { peer = b, port = 15672, strip-path = false }
                  }
                }""").orElseThrow().mounts();
        assertThat(mounts)
                .containsExactly(
                        new MountSettings(
                                "/", "b", Gateway.call("m", "f"), Duration.ofSeconds(30), null, Set.of(), false),
                        new MountSettings(
                                "/a/b",
                                "b",
                                Gateway.call("Elixir.Shop", "find", List.of("POST")),
                                Duration.ofSeconds(1),
                                1L << 20,
                                Set.of("shop.example"),
                                false),
                        new MountSettings(
                                "/s",
                                "b",
                                Gateway.esi(List.of("m", "n")),
                                Duration.ofSeconds(30),
                                null,
                                Set.of(),
                                false),
                        new MountSettings(
                                "/e",
                                "b",
                                new Gateway.Ewgi("m", "f", false, true),
                                Duration.ofSeconds(30),
                                null,
                                Set.of(),
                                true),
                        new MountSettings(
                                "/c", "b", Gateway.cowboy("shop_http"), Duration.ofSeconds(30), null, Set.of(), false),
                        new MountSettings(
                                "/p",
                                "b",
                                Gateway.cowboy(15_672, false),
                                Duration.ofSeconds(30),
                                null,
                                Set.of(),
                                false));
    }

    @Test
    void onlyDefaultsDependOnTheHeap() throws Exception {
        long heap = Runtime.getRuntime().maxMemory();
        NodeSettings defaults = settings(WHOLE);
        assertThat(defaults.served().bytes()).isLessThanOrEqualTo(heap / 8);
        assertThat(defaults.mailboxes().bytes()).isLessThanOrEqualTo(heap / 16);
        assertThat(defaults.link().connection().fragments().totalBytes()).isLessThanOrEqualTo(heap / 4);
        assertThat(defaults.processes().monitors()).isLessThanOrEqualTo((int) (heap >> 12));
        NodeSettings chosen = settings("erlang { node = \"web@localhost\", limits.served-bytes = 64 GiB,"
                + " limits.links = 9000000, limits.monitors = 90000000,"
                + " limits.fragmented = 64 GiB, mailbox.bytes = 64 GiB }");
        assertThat(chosen.served().bytes()).isEqualTo(64L << 30);
        assertThat(chosen.mailboxes().bytes()).isEqualTo(64L << 30);
        assertThat(chosen.processes()).isEqualTo(new ProcessLimits(9_000_000, 90_000_000));
        assertThat(chosen.link().connection().fragments().totalBytes()).isEqualTo(64L << 30);
    }

    @Test
    void aCookieThatCannotBeOneIsNotShown() {
        assertThatThrownBy(() -> read("erlang { node = \"web@localhost\", cookie = \"gehe\\u1234im\" }"))
                .hasMessageContaining("erlang.cookie")
                .message()
                .doesNotContain("gehe");
    }

    @Test
    void aCookieAndACookieFileAreOneTooMany() {
        assertThatThrownBy(() -> read("erlang { node = \"web@localhost\", cookie = geheim, cookie-file = f }"))
                .hasMessageContaining("one of the two")
                .message()
                .doesNotContain("geheim");
    }
}
