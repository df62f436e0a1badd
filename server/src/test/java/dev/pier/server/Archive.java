package dev.pier.server;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// A web application that a test compiles from source and packs.
final class Archive {
    private record Source(String name, String code) {}

    private final List<Source> sources = new ArrayList<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<Path> libraries = new ArrayList<>();

    /// An application with one servlet, at `/hello`, that returns a text.
    static Archive greeting(String text) {
        return new Archive().servlet("app.Hello", "/hello", "response.getWriter().print(\"" + text + "\");");
    }

    /// An application with one servlet, at `/wait`, that counts down the injected latch `entered`, waits for the
    /// injected latch `release`, and returns the value of a Java expression.
    static Archive waiting(String expression) {
        return waiting("", expression);
    }

    /// The same with a statement that runs before the wait.
    static Archive waiting(String statement, String expression) {
        return new Archive().servlet("app.Wait", "/wait", """
                        @Inject @Named("entered") private java.util.concurrent.CountDownLatch entered;
                        @Inject @Named("release") private java.util.concurrent.CountDownLatch release;
                        """, """
                        try {
                            %s
                            entered.countDown();
                            release.await();
                            response.getWriter().print(%s);
                        } catch (InterruptedException e) {
                            throw new ServletException(e);
                        }
                        """.formatted(statement, expression));
    }

    /// Adds a servlet whose `service` method has the given body.
    Archive servlet(String className, String path, String body) {
        return servlet(className, path, "", body);
    }

    /// Adds a servlet with further members, such as fields.
    Archive servlet(String className, String path, String members, String body) {
        int dot = className.lastIndexOf('.');
        return source(className, """
                package %s;
                import jakarta.annotation.*;
                import jakarta.inject.*;
                import jakarta.servlet.*;
                import jakarta.servlet.annotation.*;
                import jakarta.servlet.http.*;
                @WebServlet("%s")
                public class %s extends HttpServlet {
                    %s
                    @Override
                    protected void service(HttpServletRequest request, HttpServletResponse response)
                            throws ServletException, java.io.IOException {
                        %s
                    }
                }
                """.formatted(
                        className.substring(0, dot), path, className.substring(dot + 1), members, body));
    }

    Archive source(String className, String code) {
        sources.add(new Source(className, code));
        return this;
    }

    Archive entry(String path, String text) {
        entries.put(path, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Archive library(Path jar) {
        libraries.add(jar);
        return this;
    }

    /// Writes a plain jar, with libraries in `META-INF/lib`, to a temporary file, and moves it to `file` in one step.
    Path jar(Path file) {
        Map<String, byte[]> content = new LinkedHashMap<>(entries);
        content.putAll(classes());
        content.putAll(libraries("META-INF/lib/"));
        return pack(file, content);
    }

    /// Writes a war to a temporary file, and moves it to `file` in one step.
    Path war(Path file) {
        return pack(file, warContent());
    }

    /// Writes an exploded war.
    Path folder(Path folder) {
        try {
            for (Map.Entry<String, byte[]> entry : warContent().entrySet()) {
                Path file = folder.resolve(entry.getKey());
                Files.createDirectories(file.getParent());
                Files.write(file, entry.getValue());
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, byte[]> warContent() {
        Map<String, byte[]> content = new LinkedHashMap<>(entries);
        classes().forEach((name, bytes) -> content.put("WEB-INF/classes/" + name, bytes));
        content.putAll(libraries("WEB-INF/lib/"));
        return content;
    }

    private Map<String, byte[]> libraries(String folder) {
        Map<String, byte[]> content = new LinkedHashMap<>();
        try {
            for (Path library : libraries) {
                content.put(folder + library.getFileName(), Files.readAllBytes(library));
            }
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path pack(Path file, Map<String, byte[]> content) {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            try (OutputStream out = Files.newOutputStream(temporary);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                for (Map.Entry<String, byte[]> entry : content.entrySet()) {
                    zip.putNextEntry(new ZipEntry(entry.getKey()));
                    zip.write(entry.getValue());
                    zip.closeEntry();
                }
            }
            return Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, byte[]> classes() {
        if (sources.isEmpty()) {
            return Map.of();
        }
        try {
            Path output = Files.createTempDirectory("classes");
            compile(output);
            Map<String, byte[]> classes = new LinkedHashMap<>();
            try (var files = Files.walk(output)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    classes.put(output.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return classes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void compile(Path output) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringBuilder classPath = new StringBuilder(TestServer.classPath());
        libraries.forEach(library -> classPath.append(File.pathSeparator).append(library));
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("-proc:none", "-d", output.toString(), "-cp", classPath.toString()),
                        null,
                        sources.stream()
                                .map(source ->
                                        new SimpleJavaFileObject(
                                                URI.create("string:///"
                                                        + source.name().replace('.', '/') + ".java"),
                                                JavaFileObject.Kind.SOURCE) {
                                            @Override
                                            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                                                return source.code();
                                            }
                                        })
                                .toList())
                .call();
        if (!compiled) {
            throw new IllegalStateException("the application of a test does not compile:\n" + messages);
        }
    }
}
