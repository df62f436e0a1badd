package dev.pier.assembly;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The distribution of this build, and a compiler for web applications that uses its jars.
public final class Distribution {
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private Distribution() {}

    /// The root of the source tree.
    public static Path sources() {
        return MODULE.resolve("..").normalize();
    }

    /// The distribution as an operator unpacks it.
    static Path home() {
        return MODULE.resolve("target/pier");
    }

    static Path launcher() {
        return home().resolve("bin/pier");
    }

    /// Copies the distribution, for tests that change it.
    ///
    /// @return the copy
    static Path copyTo(Path folder) throws IOException, InterruptedException {
        Process copy = new ProcessBuilder("cp", "-a", home().toString(), folder.toString())
                .inheritIO()
                .start();
        if (copy.waitFor() != 0) {
            throw new AssertionError("cannot copy " + home() + " to " + folder);
        }
        return folder;
    }

    /// The jar of JInterface from the Erlang installation.
    static Path otpErlangJar() {
        try (DirectoryStream<Path> libraries =
                Files.newDirectoryStream(Path.of(System.getProperty("erlang.lib", "")), "jinterface-*")) {
            return libraries.iterator().next().resolve("priv/OtpErlang.jar");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path sampleJar() {
        return home().resolve("webapps/ROOT.jar");
    }

    /// Copies a file and moves the copy to its destination in one step, replacing an existing file.
    public static void put(Path from, Path to) {
        try {
            Path unfinished = to.resolveSibling("." + to.getFileName() + ".part");
            Files.copy(from, unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The jars that an application compiles against.
    static List<Path> apiJars() {
        try (Stream<Path> jars = Files.list(home().resolve("api"))) {
            return jars.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Compiles one source file against the API and packs the classes as a plain jar.
    ///
    /// @param more further jars on the class path
    static Path compileAndPack(Path source, Path jar, Path... more) {
        try {
            Path folder = Files.createTempDirectory("application");
            Path classes = Files.createDirectory(folder.resolve("classes"));
            List<Path> classPath = new ArrayList<>(apiJars());
            classPath.addAll(List.of(more));
            compile(source, classes, classPath);
            Map<String, byte[]> content = new LinkedHashMap<>();
            try (Stream<Path> files = Files.walk(classes)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    content.put(classes.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            Path packed = folder.resolve("packed.jar");
            pack(packed, content);
            put(packed, jar);
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The same for source text.
    public static Path compileAndPack(String className, String code, Path jar, Path... more) {
        try {
            Path source = Files.createTempDirectory("source").resolve(className + ".java");
            Files.writeString(source, code);
            return compileAndPack(source, jar, more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(Path source, Path classes, List<Path> classPath) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter output = new StringWriter();
        List<String> options = new ArrayList<>(List.of("-proc:none", "-d", classes.toString(), "-cp"));
        options.add(String.join(
                File.pathSeparator, classPath.stream().map(Path::toString).toList()));
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            if (!javac.getTask(output, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new AssertionError(source + " does not compile against the API:\n" + output);
            }
        }
    }

    private static void pack(Path file, Map<String, byte[]> content) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : content.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
    }
}
