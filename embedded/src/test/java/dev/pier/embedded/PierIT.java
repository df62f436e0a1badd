package dev.pier.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.testing.Await;
import dev.pier.server.StartException;
import dev.pier.server.config.ConfigurationException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PierIT {
    @TempDir
    Path folder;

    private Classes classes(String name) throws Exception {
        return new Classes(Files.createDirectories(folder.resolve(name)));
    }

    private static PierBuilder loopback() {
        return Pier.builder().set("http.host", "127.0.0.1").port(0);
    }

    @Test
    void servesAFolderOfClassesAsAPlainJarWouldBe() throws Exception {
        Classes app = classes("classes")
                .greeting("hello")
                .file("META-INF/resources/page.txt", "a static file")
                .file("secret.txt", "not served");
        try (Pier pier = loopback().webapp("/", app.folder()).start()) {
            assertThat(Http.body(pier, "/hello")).isEqualTo("hello");
            assertThat(Http.body(pier, "/page.txt")).isEqualTo("a static file");
            assertThat(Http.get(pier, "/secret.txt").statusCode()).isEqualTo(404);
            assertThat(pier.applications()).singleElement().satisfies(it -> {
                assertThat(it.contextPath()).isEqualTo("/");
                assertThat(it.file()).isEqualTo(app.folder().toString());
            });
        }
    }

    @Test
    void takesTheLibrariesInAFolderOfClasses() throws Exception {
        Classes library = classes("library").file("META-INF/resources/page.txt", "of a library");
        Classes app = classes("classes").greeting("hello");
        pack(Files.createDirectories(app.folder().resolve("META-INF/lib")).resolve("a.jar"), library.folder(), "");
        try (Pier pier = loopback().webapp("/", app.folder()).start()) {
            assertThat(Http.body(pier, "/hello")).isEqualTo("hello");
            assertThat(Http.body(pier, "/page.txt")).isEqualTo("of a library");
        }
    }

    @Test
    void servesWarsJarsAndFoldersWithAWebInf() throws Exception {
        Classes app = classes("classes").greeting("from the classes");
        Path war = folder.resolve("shop.war");
        pack(war, app.folder(), "WEB-INF/classes/");
        Path jar = folder.resolve("plain.jar");
        pack(jar, app.folder(), "");
        Path exploded = folder.resolve("exploded");
        new Classes(exploded).file("WEB-INF/web.xml", "<web-app/>").file("page.txt", "exploded");
        try (Pier pier = loopback()
                .webapp("/shop", war)
                .webapp("/plain", jar)
                .webapp("/deep/path", exploded)
                .start()) {
            assertThat(Http.body(pier, "/shop/hello")).isEqualTo("from the classes");
            assertThat(Http.body(pier, "/plain/hello")).isEqualTo("from the classes");
            assertThat(Http.body(pier, "/deep/path/page.txt")).isEqualTo("exploded");
        }
    }

    private static void pack(Path archive, Path classes, String prefix) throws Exception {
        try (OutputStream out = Files.newOutputStream(archive);
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(prefix + classes.relativize(file)));
                Files.copy(file, jar);
            }
        }
    }

    @Test
    void showsApplicationsTheLibrariesOfTheClassPath() throws Exception {
        Classes app = classes("classes")
                .servlet("Library", "", "response.getWriter().print(org.assertj.core.util.Lists.list(1, 2));");
        try (Pier pier = loopback().webapp("/", app.folder()).start()) {
            assertThat(Http.body(pier, "/library")).isEqualTo("[1, 2]");
        }
    }

    @Test
    void hidesJettyFromApplications() throws Exception {
        Classes app = classes("classes").servlet("Jetty", "", """
                        try {
                            Class.forName("org.eclipse.jetty.server.Server");
                            response.getWriter().print("seen");
                        } catch (ClassNotFoundException e) {
                            response.getWriter().print("hidden");
                        }
                        """);
        try (Pier pier = loopback().webapp("/", app.folder()).start()) {
            assertThat(Http.body(pier, "/jetty")).isEqualTo("hidden");
        }
    }

    @Test
    void sharesNoStaticStateWithClassesThatTheApplicationHasToo() throws Exception {
        Classes app = classes("classes")
                .servlet("Count", "", "response.getWriter().print(dev.pier.embedded.Counter.next());");
        String counter = Counter.class.getName().replace('.', '/') + ".class";
        Path copy = app.folder().resolve(counter);
        Files.createDirectories(copy.getParent());
        Files.copy(
                Path.of(Counter.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .resolve(counter),
                copy);
        Counter.reset(40);
        try (Pier pier = loopback().webapp("/", app.folder()).start()) {
            assertThat(Http.body(pier, "/count")).isEqualTo("1");
        }
        assertThat(Counter.next()).isEqualTo(41);
    }

    @Test
    void deploysChangesWithReload() throws Exception {
        Classes app = classes("classes").greeting("one");
        try (Pier pier = loopback().webapp("/", app.folder()).reload(true).start()) {
            assertThat(Http.body(pier, "/hello")).isEqualTo("one");
            app.greeting("two");
            Await.until("the second version", () -> Http.body(pier, "/hello").equals("two"));
        }
    }

    @Test
    void keepsServingWhileABuildRemovesTheClasses() throws Exception {
        Classes app = classes("classes").greeting("one");
        try (Pier pier = loopback()
                .webapp("/", app.folder())
                .webapp("/other", classes("other").greeting("other one").folder())
                .reload(true)
                .start()) {
            app.clean();
            // Two scans have seen that the folder is gone when a change of the other one is deployed.
            new Classes(folder.resolve("other")).greeting("other two");
            Await.until(
                    "the other application",
                    () -> Http.body(pier, "/other/hello").equals("other two"));
            assertThat(Http.body(pier, "/hello")).isEqualTo("one");
            Files.createDirectories(app.folder());
            app.greeting("three");
            Await.until("the new classes", () -> Http.body(pier, "/hello").equals("three"));
        }
    }

    @Test
    void ignoresChangesWithoutReload() throws Exception {
        Classes app = classes("classes").greeting("one");
        try (Pier pier = loopback().webapp("/", app.folder()).start()) {
            assertThat(Http.get(pier, "/hello").statusCode()).isEqualTo(200);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(it -> it.getName().equals("pier-deployer"));
        }
    }

    @Test
    void failsTheStartForAnApplicationThatCannotBeDeployed() throws Exception {
        Classes app = classes("classes").servlet("Broken", "@Resource(name = \"erlang/nowhere\") Object missing;", "");
        assertThatThrownBy(() -> loopback().webapp("/", app.folder()).start())
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("cannot deploy " + app.folder() + ": ")
                .hasMessageContaining("erlang/nowhere");
    }

    @Test
    void failsTheStartForAnApplicationThatIsNotThere() {
        assertThatThrownBy(
                        () -> loopback().webapp("/", folder.resolve("nowhere")).start())
                .isInstanceOf(StartException.class)
                .hasMessageContaining(folder.resolve("nowhere").toString());
    }

    @Test
    void namesSettingsThatDoNotExist() {
        assertThatThrownBy(() -> loopback().set("http.prt", 1).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Pier.builder(), http.prt")
                .hasMessageContaining("did you mean port?");
    }

    @Test
    void takesSettingsFromAFileAndReplacesThem() throws Exception {
        Path conf = folder.resolve("server.conf");
        Files.writeString(conf, """
                http { host = 127.0.0.1, port = 1 }
                admin { port = 0 }
                access-log.enabled = false
                webapps { folder = apps }
                """);
        new Classes(Files.createDirectories(folder.resolve("apps/shop"))).file("page.txt", "in the webapps folder");
        Classes app = classes("classes").greeting("hello");
        try (Pier pier = Pier.builder()
                .configuration(conf)
                .port(0)
                .webapp("/", app.folder())
                .start()) {
            assertThat(Http.body(pier, "/hello")).isEqualTo("hello");
            assertThat(Http.body(pier, "/shop/page.txt")).isEqualTo("in the webapps folder");
        }
    }

    @Test
    void refusesContextPathsAndDoubles() {
        for (String path : List.of("", "shop", "/shop/", "//", "/a b", "/shop/../x")) {
            assertThatThrownBy(() -> loopback().webapp(path, folder))
                    .as(path)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("context path");
        }
        PierBuilder builder = loopback().webapp("/a", folder);
        assertThatThrownBy(() -> builder.webapp("/a", folder.resolve("b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("added twice");
        assertThatThrownBy(() -> builder.webapp("/b", folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("added twice");
    }

    @Test
    void endsJoinAndRemovesItsFolder() throws Exception {
        Classes app = classes("classes").greeting("hello");
        Pier pier = loopback().webapp("/", app.folder()).start();
        Thread joining = Thread.ofVirtual().start(() -> {
            try {
                pier.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        pier.close();
        pier.close();
        assertThat(joining.join(Await.PATIENCE)).isTrue();
        assertThatThrownBy(() -> Http.get(pier, "/hello")).isInstanceOf(java.io.IOException.class);
    }
}
