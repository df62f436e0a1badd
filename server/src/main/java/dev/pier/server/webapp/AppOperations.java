package dev.pier.server.webapp;

import dev.pier.server.admin.AdminAnswer;
import dev.pier.server.admin.AdminRequest;
import dev.pier.server.admin.AdminResource;
import dev.pier.server.plugin.OperationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.zip.ZipFile;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/// `/applications/<file>` on the admin port: PUT deploys the archive in the body, POST deploys the file again, DELETE
/// removes it.
///
/// *Hazard.* The name comes from the network. It is one of the webapps folder or refused; a link or a folder there is
/// never followed or emptied.
final class AppOperations implements AdminResource {
    private static final int MAX_NAME = 200;
    private static final int BUFFER = 64 * 1024;

    private final Supplier<WebAppSettings> settings;
    private final WebApps apps;

    AppOperations(Supplier<WebAppSettings> settings, WebApps apps) {
        this.settings = settings;
        this.apps = apps;
    }

    @Override
    public Set<String> methods() {
        return Set.of("PUT", "POST", "DELETE");
    }

    @Override
    public AdminAnswer answer(AdminRequest request) throws OperationException, IOException, InterruptedException {
        String name = request.name().replace("%23", "#");
        if (settings.get().scanInterval().isZero()) {
            throw new OperationException(
                    HttpStatus.CONFLICT_409,
                    "Applications are deployed at the start only (webapps.scan-interval is 0)");
        }
        return switch (request.method()) {
            case "PUT" -> deploy(archiveName(name), request);
            case "DELETE" -> undeploy(existing(name));
            default -> redeploy(existing(name));
        };
    }

    /// @throws OperationException if an archive of this name cannot be deployed
    private static String archiveName(String name) throws OperationException {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean archive = lower.endsWith(".war") || lower.endsWith(".jar");
        if (!archive
                || name.length() > MAX_NAME
                || name.startsWith(".")
                || !AppSource.isValidName(name)
                || Arrays.stream(name.substring(0, name.length() - 4).split("#", -1))
                        .anyMatch(segment -> segment.replace(".", "").isEmpty())) {
            throw new OperationException(
                    HttpStatus.BAD_REQUEST_400,
                    "Invalid name of an application: it ends with .war or .jar; allowed are letters, digits and"
                            + " . _ ~ @ + - with # between path segments");
        }
        return name;
    }

    /// The status of the application with a file name, or with one that lacks the suffix.
    private AppStatus existing(String name) throws OperationException {
        List<AppStatus> found = apps.statuses().stream()
                .filter(app -> app.file().equals(name)
                        || app.file().equals(name + ".war")
                        || app.file().equals(name + ".jar"))
                .toList();
        return switch (found.size()) {
            case 0 -> throw new OperationException(HttpStatus.NOT_FOUND_404, "There is no application of this name");
            case 1 -> found.getFirst();
            default ->
                throw new OperationException(
                        HttpStatus.CONFLICT_409,
                        "Several applications have this name: "
                                + String.join(
                                        ", ",
                                        found.stream().map(AppStatus::file).toList()));
        };
    }

    private AdminAnswer deploy(String file, AdminRequest request)
            throws OperationException, IOException, InterruptedException {
        Path target = settings.get().folder().resolve(file);
        refuseOccupied(file, target);
        Path uploaded = Files.createTempFile(settings.get().folder(), ".upload-", ".tmp");
        try {
            receive(request, uploaded);
            return change(file, false, () -> {
                Files.move(uploaded, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return true;
            });
        } finally {
            Files.deleteIfExists(uploaded);
        }
    }

    private void refuseOccupied(String file, Path target) throws OperationException {
        if (Files.isDirectory(target)) {
            throw new OperationException(HttpStatus.CONFLICT_409, file + " is a folder of the webapps folder");
        }
        String name = AppSource.withoutExtension(file);
        AppSettings its = settings.get().app(name);
        String path = AppSource.contextPath(its, name);
        Optional<AppStatus> other = apps.statuses().stream()
                .filter(app -> !app.file().equals(file)
                        && app.contextPath().equals(path)
                        && app.hosts().conflict(its.hosts()).isPresent())
                .findFirst();
        if (other.isPresent()) {
            throw new OperationException(
                    HttpStatus.CONFLICT_409,
                    "The path " + AppSource.place(path, its.hosts()) + " is that of "
                            + other.get().file() + ": undeploy it before");
        }
    }

    /// Writes the body into a file, and checks that it is a whole archive.
    private void receive(AdminRequest request, Path file) throws OperationException, IOException {
        long max = settings.get().maxSize();
        if (request.length() > max) {
            throw tooLarge();
        }
        long length = 0;
        try (InputStream body = request.body();
                FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                length += read;
                if (length > max) {
                    throw tooLarge();
                }
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            // After a failure of the power, the file is this one or the one before.
            out.force(true);
        }
        try (ZipFile _ = new ZipFile(file.toFile())) {
            return;
        } catch (IOException | RuntimeException e) {
            throw new OperationException(
                    HttpStatus.UNPROCESSABLE_ENTITY_422, "The body is no complete archive: " + e.getMessage());
        }
    }

    private OperationException tooLarge() {
        return new OperationException(
                HttpStatus.PAYLOAD_TOO_LARGE_413,
                "The archive has more than " + settings.get().maxSize() + " bytes (webapps.max-size)");
    }

    private AdminAnswer undeploy(AppStatus app) throws OperationException, IOException, InterruptedException {
        Path file = inFolder(app);
        return change(app.file(), false, () -> {
            if (Files.isDirectory(file) && !Files.isSymbolicLink(file)) {
                throw new OperationException(
                        HttpStatus.CONFLICT_409,
                        app.file() + " is a folder: remove it from the webapps folder yourself");
            }
            return Files.deleteIfExists(file);
        });
    }

    private AdminAnswer redeploy(AppStatus app) throws OperationException, IOException, InterruptedException {
        Path file = inFolder(app);
        return change(app.file(), true, () -> Files.exists(file));
    }

    /// @throws OperationException if the application is one of a program that embeds the server
    private Path inFolder(AppStatus app) throws OperationException {
        if (!AppSource.isValidName(app.file())) {
            throw new OperationException(HttpStatus.CONFLICT_409, app.file() + " is not in the webapps folder");
        }
        return settings.get().folder().resolve(app.file());
    }

    @FunctionalInterface
    private interface FileStep {
        /// @return whether the file was there
        boolean run() throws IOException, OperationException;
    }

    /// Changes a file, and waits until the change has an effect.
    private AdminAnswer change(String file, boolean again, FileStep step)
            throws OperationException, IOException, InterruptedException {
        AppChange change = apps.reserve(file, again)
                .orElseThrow(() -> new OperationException(
                        HttpStatus.CONFLICT_409, "Another operation on " + file + " has not ended"));
        try {
            @Nullable Instant before = since(file);
            boolean _ = step.run();
            Optional<AppStatus> after = apps.carryOut(change);
            return after.isEmpty()
                    ? new AdminAnswer(HttpStatus.OK_200, Map.of("file", file, "state", "undeployed"))
                    : outcome(after.get(), after.get().since().equals(before));
        } catch (TimeoutException _) {
            return new AdminAnswer(
                    HttpStatus.ACCEPTED_202,
                    Map.of("file", file, "state", "pending", "message", file + " is still being deployed"));
        } finally {
            apps.release(file, change);
        }
    }

    private @Nullable Instant since(String file) {
        return apps.statuses().stream()
                .filter(app -> app.file().equals(file))
                .map(AppStatus::since)
                .findFirst()
                .orElse(null);
    }

    private static AdminAnswer outcome(AppStatus app, boolean unchanged) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("file", app.file());
        body.put("path", app.contextPath());
        if (!app.hosts().names().isEmpty()) {
            body.put("hosts", app.hosts().names().stream().sorted().toList());
        }
        body.put("state", app.state().toString());
        body.put("since", app.since().toString());
        if (app.state() == AppStatus.State.DEPLOYED) {
            if (unchanged) {
                body.put("message", "The file changes: it is deployed as soon as it no longer does");
            }
            return new AdminAnswer(unchanged ? HttpStatus.ACCEPTED_202 : HttpStatus.OK_200, body);
        }
        body.put("reason", app.reason());
        body.put("message", app.file() + " " + app.reason());
        return new AdminAnswer(HttpStatus.UNPROCESSABLE_ENTITY_422, body);
    }
}
