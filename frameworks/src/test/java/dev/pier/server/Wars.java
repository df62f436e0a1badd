package dev.pier.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The common parts of the wars.
final class Wars {
    private Wars() {}

    /// A war with the jars of one framework, a class `Greeter` for the version, and a listener that reports the class
    /// loader.
    static Archive war(String framework, String version) {
        Archive war = new Archive()
                .source(
                        "app.Greeter",
                        "package app; public class Greeter { public String greet() { return \"" + version + "\"; } }")
                .source("app.Loader", """
                        package app;
                        import jakarta.servlet.*;
                        import java.util.function.*;
                        @jakarta.servlet.annotation.WebListener
                        public class Loader implements ServletContextListener {
                            @Override
                            @SuppressWarnings("unchecked")
                            public void contextInitialized(ServletContextEvent event) {
                                ((Consumer<ClassLoader>) event.getServletContext().getAttribute("probe"))
                                        .accept(getClass().getClassLoader());
                            }
                        }
                        """);
        jars(framework).forEach(war::library);
        return war;
    }

    /// The version of a jar among those of a framework.
    static String version(String framework, String artifact) {
        String prefix = artifact + "-";
        return jars(framework).stream()
                .map(jar -> jar.getFileName().toString())
                .filter(name -> name.startsWith(prefix) && Character.isDigit(name.charAt(prefix.length())))
                .map(name -> name.substring(prefix.length(), name.length() - ".jar".length()))
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> jars(String framework) {
        try (Stream<Path> jars = Files.list(Path.of("target", framework))) {
            return jars.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError("the build copies the jars to target/" + framework, e);
        }
    }
}
