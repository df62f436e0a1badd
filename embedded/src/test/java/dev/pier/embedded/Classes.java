package dev.pier.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/// A folder of classes that a build would make, such as `target/classes`.
///
/// @param folder exists
record Classes(Path folder) {
    /// Compiles a servlet `app.<name>`, at `/<name>` in lower case, against the test's class path.
    ///
    /// @param members fields of the class
    /// @param body of the method `service`
    Classes servlet(String name, String members, String body) throws IOException {
        Path source = Files.createDirectories(folder.resolveSibling(folder.getFileName() + "-sources"))
                .resolve(name + ".java");
        Files.writeString(source, """
                package app;

                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;

                @WebServlet("/%s")
                public class %s extends HttpServlet {
                    %s

                    @Override
                    protected void service(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        %s
                    }
                }
                """.formatted(name.toLowerCase(java.util.Locale.ROOT), name, members, body));
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString());
        assertThat(status).as("compilation of " + source).isZero();
        return this;
    }

    /// Compiles a servlet that prints a text.
    Classes greeting(String text) throws IOException {
        return servlet("Hello", "", "response.getWriter().print(\"" + text + "\");");
    }

    Classes file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return this;
    }

    /// Removes everything, as `mvn clean` does.
    void clean() throws IOException {
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.sorted(java.util.Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
