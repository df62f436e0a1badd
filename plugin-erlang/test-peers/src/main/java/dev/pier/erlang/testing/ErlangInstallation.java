package dev.pier.erlang.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The Erlang programs that the tests run: those in the folder named by the system property `pier.test.erlang` or the
/// environment variable `PIER_TEST_ERLANG`, else those on the PATH.
///
/// @param folder where `erl`, `erlc` and `epmd` are
public record ErlangInstallation(Path folder) {
    private static final String PROPERTY = "pier.test.erlang";
    /// A value that names no folder, and says that there must be one.
    private static final String REQUIRED = "required";
    private static final String VARIABLE = "PIER_TEST_ERLANG";
    private static final Set<ErlangInstallation> ANNOUNCED = ConcurrentHashMap.newKeySet();

    /// @throws IllegalStateException if there is none; no test with a real node can run then
    public static ErlangInstallation find() {
        Optional<String> named = Optional.ofNullable(System.getProperty(PROPERTY))
                .or(() -> Optional.ofNullable(System.getenv(VARIABLE)))
                .filter(name -> !name.isBlank() && !name.equals(REQUIRED));
        if (named.isPresent()) {
            Path folder = Path.of(named.get());
            if (!Files.isExecutable(folder.resolve("erl"))) {
                throw new IllegalStateException(
                        VARIABLE + " is '" + folder + "', but there is no program 'erl' in that folder.");
            }
            return new ErlangInstallation(folder);
        }
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .filter(entry -> Files.isExecutable(entry.resolve("erl")))
                .findFirst()
                .map(ErlangInstallation::new)
                .orElseThrow(() -> new IllegalStateException(
                        "These tests need Erlang: there is no program 'erl' on the PATH, and " + VARIABLE
                                + " names no folder with one. On Debian and Ubuntu: apt install erlang-base"));
    }

    /// Says once, in the output of the build, what the tests run against.
    void announce(String otpRelease) {
        if (ANNOUNCED.add(this)) {
            System.out.println("Real nodes: Erlang/OTP " + otpRelease + " of " + folder);
        }
    }

    public String erl() {
        return folder.resolve("erl").toString();
    }

    public String erlc() {
        return folder.resolve("erlc").toString();
    }

    public String epmd() {
        return folder.resolve("epmd").toString();
    }
}
