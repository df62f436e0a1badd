package dev.pier.assembly;

import static dev.pier.server.webapp.AppStatus.State.DEPLOYED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.lang.ref.WeakReference;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Web applications from outside this build, compiled against the API only and dropped into `webapps/`.
class OutsideApplicationIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path home;

    private static RunningPier pier;

    /// Objects that the applications pass to the tests; both sides know only JDK types.
    private static final Collection<Object> handedOut = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws Exception {
        Sample.teach(erlang);
        pier = RunningPier.in(home, erlang, "").start();
        System.getProperties().put("dev.pier.test.handed-out", handedOut);
    }

    @AfterAll
    static void stop() {
        pier.close();
        System.getProperties().remove("dev.pier.test.handed-out");
    }

    @Test
    void theReadmesServletWorks() throws Exception {
        Path servlet = Distribution.sources().resolve("docs/example/Users.java");
        Distribution.compileAndPack(servlet, pier.webapp("people.jar"));

        HttpResponse<String> joe = pier.awaitStatus("/people/users?id=joe", 200);
        assertThat(joe.body()).contains("\"name\":\"Joe Armstrong\"", "\"made\":[\"Erlang\"]");
        assertThat(joe.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(pier.get("/people/users?id=nobody").statusCode()).isEqualTo(404);
    }

    @Test
    void peerAndNodeAreAvailableInEveryDocumentedWay() throws Exception {
        Distribution.compileAndPack("Ways", """
                import dev.pier.erlang.ErlangNode;
                import dev.pier.erlang.Peer;
                import jakarta.annotation.Resource;
                import jakarta.inject.Inject;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;
                import java.util.List;

                @WebServlet("/*")
                public class Ways extends HttpServlet {
                    @Resource(name = "erlang/backend") Peer asResource;
                    @Resource(name = "erlang/node") ErlangNode nodeAsResource;
                    @Inject Peer injected;
                    @Inject private ErlangNode injectedNode;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        for (Peer peer : List.of(
                                asResource,
                                injected,
                                nodeAsResource.peer("backend"),
                                injectedNode.peer("backend"),
                                (Peer) getServletContext().getAttribute("erlang/backend"),
                                ((ErlangNode) getServletContext().getAttribute("erlang/node")).peer("backend"))) {
                            response.getWriter().print(peer.call("lists", "sum", List.of(1, 2, 3)).as(int.class));
                        }
                    }
                }
                """, pier.webapp("ways.jar"));

        assertThat(pier.awaitStatus("/ways/", 200).body()).isEqualTo("666666");
        assertThat(erlang.eval("length(nodes(hidden))")).as("connections").isEqualTo("1");
    }

    @Test
    void anApplicationsProcessesFunctionsAndNodesEndWithIt() throws Exception {
        String further = TestHost.uniqueName("lodger");
        Path jar = pier.webapp("lodger.jar");
        Distribution.compileAndPack("Lodger", """
                import dev.pier.erlang.*;
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;

                @WebServlet(urlPatterns = "/*", loadOnStartup = 1)
                public class Lodger extends HttpServlet {
                    @Resource(name = "erlang/node") ErlangNode node;

                    @Override
                    public void init() {
                        node.mailbox("lodger_mailbox");
                        node.register("lodger_handler", (message, self) -> {});
                        node.register("lodger_server", new Server());
                        try {
                            node.open("%s").mailbox("lodger_elsewhere");
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                        // Registered last: the test waits for it.
                        node.expose("lodger", "lives", arguments -> true);
                    }

                    private static final class Server implements GenServer {
                        @Override
                        public void handleCall(Message request, From from) {
                            from.reply(request.term());
                        }

                        @Override
                        public void handleCast(Message request) {}
                    }
                }
                """.formatted(further), jar);
        String node = "'" + pier.node() + "'";
        String furtherNode = "'" + TestHost.nodeName(further) + "'";
        String lives = "try erpc:call(" + node + ", lodger, lives, []) catch error:{exception, R, _} -> R end";
        Await.value("the application", () -> erlang.eval(lives), "true"::equals);
        assertThat(erlang.eval("gen_server:call({lodger_server, " + node + "}, hello)"))
                .isEqualTo("hello");
        assertThat(erlang.eval("net_adm:ping(" + furtherNode + ")")).isEqualTo("pong");
        erlang.eval("Self = self(), spawn(fun() -> All = [monitor(process, {Name, Node}) || {Name, Node} <-"
                + " [{lodger_mailbox, " + node + "}, {lodger_handler, " + node + "}, {lodger_server, " + node
                + "}, {lodger_elsewhere, " + furtherNode + "}]], Self ! watching, persistent_term:put(lodger_ends,"
                + " [receive {'DOWN', M, process, _, R} -> R end || M <- All]) end), receive watching -> ok end");
        assertThat(erlang.eval("persistent_term:get(lodger_ends, alive)")).isEqualTo("alive");

        Files.delete(jar);

        String ends = Await.value(
                "the end of its processes",
                () -> erlang.eval("persistent_term:get(lodger_ends, alive)"),
                seen -> !seen.equals("alive"));
        assertThat(ends).isEqualTo("[shutdown,shutdown,shutdown,shutdown]");
        Await.value("the end of its function", () -> erlang.eval(lives), "undef"::equals);
        Await.value("the end of its node", () -> erlang.eval("net_adm:ping(" + furtherNode + ")"), "pang"::equals);
        assertThat(TestEpmd.names()).doesNotContain(further);
    }

    @Test
    void theImplementationIsNotVisibleToApplications() throws Exception {
        Distribution.compileAndPack("Curious", """
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;

                @WebServlet("/*")
                public class Curious extends HttpServlet {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        for (String name : request.getParameterValues("class")) {
                            try {
                                Class.forName(name);
                                response.getWriter().print("yes ");
                            } catch (ClassNotFoundException e) {
                                response.getWriter().print("no ");
                            }
                        }
                    }
                }
                """, pier.webapp("curious.jar"));

        assertThat(pier.awaitStatus(
                                "/curious/?class=dev.pier.erlang.Peer&class=dev.pier.erlang.node.LocalNode"
                                        + "&class=dev.pier.erlang.handshake.Cookie&class=dev.pier.server.Main"
                                        + "&class=tools.jackson.databind.ObjectMapper",
                                200)
                        .body())
                .isEqualTo("yes no no no no ");
    }

    /// Code that compiles must not end in a NoClassDefFoundError.
    @Test
    void applicationsFindAllClassesThatTheyCompileAgainst() throws Exception {
        Distribution.compileAndPack("Walker", """
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;

                @WebServlet("/*")
                public class Walker extends HttpServlet {
                    @Override
                    protected void doPost(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        int found = 0;
                        for (String name : request.getReader().lines().toList()) {
                            try {
                                Class<?> type = Class.forName(name);
                                type.getMethods();
                                type.getFields();
                                type.getConstructors();
                                type.getAnnotations();
                                found++;
                            } catch (ClassNotFoundException | LinkageError e) {
                                response.getWriter().println(e);
                            }
                        }
                        response.getWriter().print(found);
                    }
                }
                """, pier.webapp("walker.jar"));
        pier.awaitApplication("walker.jar", DEPLOYED);
        List<String> names = new ArrayList<>();
        for (Path jar : Distribution.apiJars()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                file.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.endsWith(".class") && !name.contains("META-INF"))
                        .filter(name -> !name.endsWith("module-info.class"))
                        .map(name -> name.substring(0, name.length() - ".class".length())
                                .replace('/', '.'))
                        .forEach(names::add);
            }
        }

        assertThat(pier.post("/walker/", String.join("\n", names)).body()).isEqualTo(String.valueOf(names.size()));
        assertThat(names)
                .contains(
                        "dev.pier.erlang.Peer",
                        "dev.pier.erlang.term.Term",
                        "dev.pier.erlang.servlet.JsonResponses",
                        "dev.pier.erlang.internal.Utf8",
                        "jakarta.servlet.http.HttpServlet",
                        "jakarta.annotation.Resource",
                        "jakarta.inject.Inject",
                        "com.fasterxml.jackson.annotation.JsonProperty",
                        "org.jspecify.annotations.Nullable")
                .noneMatch(name -> name.startsWith("dev.pier.erlang.etf"));
    }

    @Test
    void termsAreEncodedAndDecodedInApplications() throws Exception {
        Distribution.compileAndPack("Codec", """
                import dev.pier.erlang.MalformedTerm;
                import dev.pier.erlang.Peer;
                import dev.pier.erlang.term.*;
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;
                import java.util.Set;

                @WebServlet("/*")
                public class Codec extends HttpServlet {
                    @Resource(name = "erlang/backend") Peer backend;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        Term term = Term.parse("{stored,[1,2.5,<<\\"x\\">>]}");
                        byte[] theirs = backend.call("erlang", "term_to_binary", term).as(byte[].class);
                        response.getWriter().println(Term.decode(theirs));
                        response.getWriter().println(backend.call("erlang", "binary_to_term", term.encode()).term());
                        try {
                            Term.decodeSafe(theirs, Set.of());
                        } catch (MalformedTerm e) {
                            response.getWriter().println(e.getMessage());
                        }
                    }
                }
                """, pier.webapp("codec.jar"));
        assertThat(pier.awaitStatus("/codec/", 200).body().lines())
                .containsExactly(
                        "{stored,[1,2.5,<<\"x\">>]}",
                        "{stored,[1,2.5,<<\"x\">>]}",
                        "an atom is not among the known ones: stored");
    }

    @Test
    void theClassesOfReplacedApplicationsAreUnloadedEvenIfRepliesWereMappedToThem() throws Exception {
        Path jar = pier.webapp("mapped.jar");
        List<WeakReference<Object>> loaders = new ArrayList<>();
        for (int version = 1; version <= 5; version++) {
            Distribution.compileAndPack("Mapped", mapped(version), jar);
            String expected = "Joe Armstrong " + version;
            Await.until("version " + version, () -> pier.get("/mapped/").body().equals(expected));
            Object loader = handedOut.iterator().next();
            handedOut.clear();
            if (loaders.isEmpty() || !loaders.getLast().refersTo(loader)) {
                loaders.add(new WeakReference<>(loader));
            }
        }
        assertThat(loaders).hasSize(5);
        pier.awaitApplication("mapped.jar", DEPLOYED);
        List<WeakReference<Object>> replaced = loaders.subList(0, 4);
        Await.until("the class loaders of replaced versions to be collected", () -> {
            System.gc();
            return replaced.stream().allMatch(loader -> loader.refersTo(null));
        });
        assertThat(loaders.getLast().refersTo(null)).as("the loader in use").isFalse();
    }

    private static String mapped(int version) {
        return """
                import dev.pier.erlang.Peer;
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;
                import java.util.Collection;
                import java.util.List;

                @WebServlet("/*")
                public class Mapped extends HttpServlet {
                    record User(String id, String name, List<String> made) {}

                    @Resource(name = "erlang/backend") Peer backend;

                    @Override
                    @SuppressWarnings("unchecked")
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        User user = backend.call("users", "find", "joe").as(User.class);
                        backend.callAsync("pier_sample", "echo", user).join();
                        Collection<Object> out = (Collection<Object>) System.getProperties()
                                .get("dev.pier.test.handed-out");
                        out.clear();
                        out.add(User.class.getClassLoader());
                        response.getWriter().print(user.name() + " " + %d);
                    }
                }
                """.formatted(version);
    }
}
