package dev.pier.server.webapp;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Copies one application into an empty folder, with the layout of a war. A plain jar, or a folder with the
/// layout of one, becomes a library of an otherwise empty war, and the jars in its `META-INF/lib` become the
/// other ones.
///
/// Links in a folder are followed: inside the folder, and outside if the settings allow it. A small archive can become
/// large, so the size of the copy is limited.
///
/// *Threads.* For one thread.
final class AppCopier {
    private static final int BUFFER = 64 * 1024;

    /// The name of a plain jar among its libraries. Jetty's class path has them by name: its own classes come first.
    private static final String OWN_JAR = "00-app.jar";

    private static final Pattern LIBRARY = Pattern.compile("META-INF/lib/([^/]+\\.jar)");

    private final Path target;
    private final WebAppSettings settings;
    private long size;

    /// @param target the folder of the copy, which exists
    AppCopier(Path target, WebAppSettings settings) {
        this.target = target;
        this.settings = settings;
    }

    /// Copies the application. If anything is thrown, the target has a part of the copy.
    ///
    /// @throws DeploymentException if the archive is damaged or too large, or something in it cannot become a file
    /// @throws IOException if the application cannot be copied
    void copy(AppSource source) throws IOException, DeploymentException {
        try {
            switch (source.kind()) {
                case FOLDER -> copyTree(source.path().toRealPath());
                case WAR -> unpack(source.path());
                case JAR -> copyJar(source.path());
                case CLASSES -> packJar(source.path().toRealPath());
            }
        } catch (ZipException | EOFException e) {
            throw new DeploymentException("not a complete archive: " + e.getMessage());
        }
    }

    /// Copies a plain jar, and reads all of it, so that a damaged entry is found now, not when its class is needed.
    private void copyJar(Path archive) throws IOException, DeploymentException {
        Path libraries = libraries();
        Path jar = libraries.resolve(OWN_JAR);
        Files.copy(archive, jar);
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                checkName(entry);
                Matcher library = LIBRARY.matcher(entry.getName());
                try (InputStream in = zip.getInputStream(entry)) {
                    if (library.matches()) {
                        writeOnce(in, libraries.resolve(library.group(1)), entry.getName());
                    } else {
                        transfer(in, OutputStream.nullOutputStream());
                    }
                }
            }
        }
    }

    private Path libraries() throws IOException {
        return Files.createDirectories(target.resolve("WEB-INF/lib"));
    }

    /// Packs a folder of classes and resources, without compressing them.
    private void packJar(Path root) throws IOException, DeploymentException {
        Path libraries = libraries();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(libraries.resolve(OWN_JAR)))) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Path file : filesOf(root)) {
                String name = root.relativize(file).toString().replace(File.separatorChar, '/');
                Matcher library = LIBRARY.matcher(name);
                if (library.matches() && Files.isRegularFile(file)) {
                    try (InputStream in = Files.newInputStream(file)) {
                        writeOnce(in, libraries.resolve(library.group(1)), name);
                    }
                } else if (Files.isRegularFile(file)) {
                    zip.putNextEntry(new ZipEntry(name));
                    try (InputStream in = Files.newInputStream(file)) {
                        transfer(in, zip);
                    }
                } else if (Files.isDirectory(file) && !name.isEmpty()) {
                    zip.putNextEntry(new ZipEntry(name + "/"));
                }
            }
        }
    }

    private void unpack(Path archive) throws IOException, DeploymentException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path file = fileOf(entry);
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    try (InputStream in = zip.getInputStream(entry)) {
                        writeOnce(in, file, entry.getName());
                    }
                }
            }
        }
    }

    /// Refuses a name that the readers of archives disagree about: no file has a NUL in its name.
    private static void checkName(ZipEntry entry) throws DeploymentException {
        if (entry.getName().indexOf('\0') >= 0) {
            throw new DeploymentException("archive entry '" + entry.getName() + "' has a NUL character in its name");
        }
    }

    private Path fileOf(ZipEntry entry) throws DeploymentException {
        checkName(entry);
        Path file;
        try {
            file = target.resolve(entry.getName()).normalize();
        } catch (InvalidPathException e) {
            throw new DeploymentException(
                    "archive entry '" + entry.getName() + "' cannot become a file: " + e.getReason()
                            + " (Java writes file names in " + System.getProperty("sun.jnu.encoding")
                            + ", from the locale)");
        }
        if (!file.startsWith(target)) {
            throw new DeploymentException("archive entry outside the application folder: " + entry.getName());
        }
        return file;
    }

    private void copyTree(Path root) throws IOException, DeploymentException {
        for (Path file : filesOf(root)) {
            copyFile(root, file);
        }
    }

    /// The files and folders of a folder, each before what is in it.
    private List<Path> filesOf(Path root) throws IOException, DeploymentException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path name = root.relativize(file);
                if (Files.isSymbolicLink(file)) {
                    checkLink(root, file, name);
                }
                if (!Files.isDirectory(file) && !Files.isRegularFile(file)) {
                    // Reading a pipe could take forever.
                    throw new DeploymentException("'" + name + "' is neither a file nor a folder");
                }
                found.add(file);
            }
            return found;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof FileSystemLoopException loop) {
                throw new DeploymentException(
                        "the link '" + root.relativize(Path.of(loop.getFile())) + "' leads back to a folder above it");
            }
            throw e.getCause();
        }
    }

    private void copyFile(Path root, Path file) throws IOException, DeploymentException {
        Path copy = target.resolve(root.relativize(file));
        if (Files.isDirectory(file)) {
            Files.createDirectories(copy);
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                write(in, copy);
            }
        }
    }

    private void checkLink(Path root, Path link, Path name) throws IOException, DeploymentException {
        Path destination;
        try {
            destination = link.toRealPath();
        } catch (NoSuchFileException _) {
            throw new DeploymentException(
                    "the link '" + name + "' leads to '" + Files.readSymbolicLink(link) + "', which does not exist");
        }
        if (!settings.followLinks() && !destination.startsWith(root)) {
            throw new DeploymentException("the link '" + name + "' leads out of the application, to '" + destination
                    + "' (webapps.follow-links = true allows it)");
        }
    }

    /// Writes a file that an archive has only one entry for.
    private void writeOnce(InputStream in, Path file, String entry) throws IOException, DeploymentException {
        try {
            write(in, file);
        } catch (FileAlreadyExistsException _) {
            throw new DeploymentException("archive entry '" + entry + "' is there twice");
        }
    }

    private void write(InputStream in, Path file) throws IOException, DeploymentException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            transfer(in, out);
        }
    }

    private void transfer(InputStream in, OutputStream out) throws IOException, DeploymentException {
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            size += read;
            if (size > settings.maxSize()) {
                throw new DeploymentException(
                        "the unpacked application is larger than " + settings.maxSize() + " bytes (webapps.max-size)");
            }
            out.write(buffer, 0, read);
        }
    }
}
