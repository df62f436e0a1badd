package dev.pier.server.login;

import dev.pier.pem.KeyFileException;
import dev.pier.pem.SecretFile;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.RealmUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The realm of a file with a line `name: hash, role, role` for each user. A changed file is read again
/// within a second; one with a mistake is ignored with a warning, and the users before it stay.
///
/// An unknown user takes as long as a wrong password. A right password is remembered as a keyed hash in memory, so that
/// each request of a client that sends it again does not cost 0.2 s; there is at most one for each user.
///
/// *Threads.* Safe for all threads. At most one for each processor computes a hash; others wait.
final class UsersFile implements Realm {
    private static final Logger log = LoggerFactory.getLogger(UsersFile.class);

    private static final long MAX_BYTES = 16 * 1024 * 1024;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How long a login waits for a processor.
    private static final long MAX_WAIT_SECONDS = 10;

    /// Stands for the hash of a user who logs in with a certificate only.
    private static final String NO_PASSWORD = "-";

    /// A name may have a colon: that of a certificate's subject.
    private static final Pattern LINE =
            Pattern.compile("(?<name>\\S.*?)\\s*:\\s*(?<hash>-|pbkdf2[^\\s,:]*)\\s*(,(?<roles>.*))?");

    private final Path file;
    private final Semaphore processors =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));
    private final ReentrantLock reading = new ReentrantLock();
    private final byte[] key = new byte[32];
    private volatile Users users;

    /// Guarded by `reading`.
    private List<Object> state;

    private volatile long lookedAt = System.nanoTime();

    /// A user.
    private static final class User {
        private final String stamp;
        private final @Nullable PasswordHash hash;
        private final Set<String> roles;

        /// The keyed hash of the password, once it was right.
        private volatile byte @Nullable [] known;

        User(String line, @Nullable PasswordHash hash, Set<String> roles) {
            this.stamp = sha256(line);
            this.hash = hash;
            this.roles = roles;
        }
    }

    /// @param unknown the hash that is compared for an unknown user
    private record Users(Map<String, User> byName, PasswordHash unknown) {}

    /// @throws KeyFileException if the file cannot be read, or has a mistake; with the line
    UsersFile(Path file) throws KeyFileException {
        this.file = file;
        new SecureRandom().nextBytes(key);
        state = state(file);
        users = read(file);
    }

    private static Users read(Path file) throws KeyFileException {
        SecretFile.requireOwnerOnly(file);
        List<String> lines = new String(SecretFile.bytes(file, MAX_BYTES), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .toList();
        Map<String, User> users = new LinkedHashMap<>();
        int iterations = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw mistake(file, i, "is not a user: expected 'name: hash, role, role'");
            }
            PasswordHash hash = hash(file, i, parts.group("hash"));
            iterations = Math.max(iterations, hash == null ? 0 : hash.iterations());
            Set<String> roles = Arrays.stream(
                            Optional.ofNullable(parts.group("roles")).orElse("").split(","))
                    .map(String::strip)
                    .filter(role -> !role.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
            if (users.put(parts.group("name"), new User(line, hash, roles)) != null) {
                throw mistake(file, i, "has a user that an earlier line has");
            }
        }
        return new Users(Map.copyOf(users), PasswordHash.none(iterations == 0 ? PasswordHash.ITERATIONS : iterations));
    }

    private static @Nullable PasswordHash hash(Path file, int line, String text) throws KeyFileException {
        try {
            return text.equals(NO_PASSWORD) ? null : PasswordHash.parse(text);
        } catch (IllegalArgumentException e) {
            throw mistake(file, line, "has what " + e.getMessage());
        }
    }

    /// Never shows the line: it may have a password in it.
    private static KeyFileException mistake(Path file, int line, String problem) {
        return new KeyFileException(file, "has a mistake: line " + (line + 1) + " " + problem, null);
    }

    private static List<Object> state(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return List.of(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    /// The users, from the file as it was within the last second.
    private Users current() {
        if (System.nanoTime() - lookedAt >= LOOK_NANOS && reading.tryLock()) {
            try {
                List<Object> now = state(file);
                if (!now.equals(state)) {
                    state = now;
                    users = read(file);
                    log.info("Read the users of {}: {}", file, users.byName().size());
                }
            } catch (KeyFileException e) {
                log.warn("Keeping the users that were read before: {}", e.getMessage());
            } finally {
                lookedAt = System.nanoTime();
                reading.unlock();
            }
        }
        return users;
    }

    @Override
    public Optional<Set<String>> login(String name, String password) throws RealmUnavailableException {
        Users all = current();
        User user = all.byName().get(name);
        byte[] keyed = keyed(password);
        if (user != null && MessageDigest.isEqual(user.known, keyed)) {
            return Optional.of(user.roles);
        }
        PasswordHash hash = user == null || user.hash == null ? all.unknown() : user.hash;
        if (!matches(hash, password) || user == null) {
            return Optional.empty();
        }
        user.known = keyed;
        return Optional.of(user.roles);
    }

    private boolean matches(PasswordHash hash, String password) throws RealmUnavailableException {
        try {
            if (!processors.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new RealmUnavailableException(
                        "too many logins at once: one has waited " + MAX_WAIT_SECONDS + " s for a processor");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RealmUnavailableException("interrupted", e);
        }
        try {
            return hash.matches(password);
        } finally {
            processors.release();
        }
    }

    private byte[] keyed(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java platform has HmacSHA256", e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }

    @Override
    public Optional<Set<String>> login(String name, X509Certificate certificate) {
        return Optional.ofNullable(current().byName().get(name)).map(user -> user.roles);
    }

    /// A hash of the user's line; empty if there is no such user.
    @Override
    public String stamp(String name) {
        User user = current().byName().get(name);
        return user == null ? "" : user.stamp;
    }
}
