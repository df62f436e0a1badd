package dev.pier.erlang.otp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Builds the OTP application `pier` with rebar3 and mix.
class PierApplicationIT {
    private static final List<String> SOURCES = List.of("rebar.config", "mix.exs", "src");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    Path folder;

    private Path project = Path.of("pier");

    @BeforeEach
    void copySources() throws IOException {
        Path application = Path.of("../erlang");
        project = folder.resolve(project);
        for (String source : SOURCES) {
            try (Stream<Path> files = Files.walk(application.resolve(source))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = project.resolve(application.relativize(file));
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
    }

    @Test
    void rebar3BuildsIt() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("rebar3", "compile")
                .directory(project.toFile())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("HOME", folder.toString());
        environment.merge("PATH", ErlangInstallation.find().folder().toString(), (path, erl) -> erl + ':' + path);
        Process rebar3 = builder.start();
        rebar3.getOutputStream().close();
        String output = new String(rebar3.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(rebar3.waitFor()).as(output).isZero();
        isLoadedFrom(project.resolve("_build/default/lib/pier/ebin"));
    }

    @Test
    void mixBuildsIt() {
        isLoadedFrom(ElixirInstallation.compile(project, "pier"));
    }

    private static void isLoadedFrom(Path ebin) {
        assertThat(erlang.eval("true = code:add_patha(\"" + ebin + "\"), ok = application:start(pier),"
                        + " true = is_pid(whereis(pier_drain)),"
                        + " {ok, Modules} = application:get_key(pier, modules),"
                        + " Loaded = [code:ensure_loaded(M) || M <- lists:sort(Modules)],"
                        + " From = [filename:dirname(code:which(M)) || M <- Modules],"
                        + " ok = application:stop(pier), ok = application:unload(pier),"
                        + " [begin code:purge(M), true = code:delete(M), code:purge(M) end || M <- Modules],"
                        + " true = code:del_path(\"" + ebin + "\"), {Loaded, lists:usort(From)}"))
                .isEqualTo(
                        "{[{module,pier},{module,pier_app},{module,pier_calls},{module,pier_cowboy},{module,pier_cowboy_socket},{module,pier_drain},{module,pier_esi},{module,pier_ewgi},{module,pier_mount},{module,pier_plug},{module,pier_plug_socket},{module,pier_server},{module,pier_sessions},{module,pier_socket},{module,pier_stream},{module,pier_sup}],[\""
                                + ebin + "\"]}");
    }
}
