package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.ErlangInstallation;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls by `erl_call` and by a C program that uses `ei`. Both use the legacy `rex` protocol.
class CNodesIT {
    private static final String COOKIE = "cnodescookie";

    private static TestNode node;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(COOKIE);
        node.runtime()
                .expose(
                        "useless",
                        "myfunction",
                        arguments -> Tuple.of(Atom.of("hello"), new ListTerm(arguments.terms())));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ERL_EPMD_PORT", Integer.toString(TestEpmd.port()));
        builder.environment().put("HOME", folder.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("the end of %s", List.of(command))
                .isTrue();
        return printed.strip();
    }

    private static String erlCall(String apply) throws Exception {
        Path program = ErlangInstallation.find().folder().resolve("erl_call");
        return run(
                Files.isExecutable(program) ? program.toString() : "erl_call",
                "-sname",
                node.name(),
                "-c",
                COOKIE,
                "-a",
                apply);
    }

    @Test
    void erlCallIsAnswered() throws Exception {
        assertThat(erlCall("useless myfunction [a,300]")).isEqualTo("{hello, [a, 300]}");
    }

    @Test
    void erlCallOfAFunctionThatIsNotExposedFails() throws Exception {
        assertThat(erlCall("nosuch function [a]"))
                .isEqualTo("{badrpc, {'EXIT', {undef, [{nosuch, function, [a], []}]}}}");
    }

    @Test
    void aProgramInCIsAnswered() throws Exception {
        String alive = "c" + ProcessHandle.current().pid();
        assertThat(caller(alive, 1)).isEqualTo("{hello, [ok, {7, \"text\"}]}");
    }

    /// The same name connects, calls and closes without a pause: no connection is refused, and no answer is
    /// lost.
    @Test
    void aProgramInCMayConnectForEachCall() throws Exception {
        String alive = "again" + ProcessHandle.current().pid();
        assertThat(caller(alive, 500).lines().distinct()).containsExactly("{hello, [ok, {7, \"text\"}]}");
    }

    /// Calls from a program in C, which connects for each call.
    ///
    /// @return what is printed: the answers, or which round failed and how
    private static String caller(String alive, int rounds) throws Exception {
        assertThat(Path.of("/usr/include/ei.h")).as("ei (Debian: erlang-dev)").isReadable();
        Path source = folder.resolve(alive + ".c");
        Files.writeString(source, """
                #include <ei.h>
                #include <stdio.h>
                #include <stdlib.h>
                #include <unistd.h>
                static int failed(int round, const char *step) {
                    printf("round %d failed: %s\\n", round, step);
                    return 1;
                }
                int main(int argc, char **argv) {
                    ei_cnode self;
                    int rounds = atoi(argv[5]);
                    ei_init();
                    if (ei_connect_xinit(&self, "localhost", argv[3], argv[4], NULL, argv[2], 0) < 0) return 2;
                    for (int round = 1; round <= rounds; round++) {
                        ei_x_buff args, result;
                        char *text = NULL;
                        int fd, index = 0;
                        if ((fd = ei_connect_tmo(&self, argv[1], 10000)) < 0) return failed(round, "connect");
                        ei_x_new(&args);
                        ei_x_new(&result);
                        ei_x_format_wo_ver(&args, "[~a,{~i,~s}]", "ok", 7, "text");
                        if (ei_rpc(&self, fd, "useless", "myfunction", args.buff, args.index, &result) < 0)
                            return failed(round, "rpc");
                        if (ei_s_print_term(&text, result.buff, &index) < 0) return failed(round, "print");
                        puts(text);
                        close(fd);
                        free(text);
                        ei_x_free(&args);
                        ei_x_free(&result);
                    }
                    return 0;
                }
                """);
        Path program = folder.resolve(alive);
        assertThat(run("gcc", "-o", program.toString(), source.toString(), "-lei", "-lpthread"))
                .isEmpty();
        return run(program.toString(), node.name(), COOKIE, alive, alive + "@localhost", Integer.toString(rounds));
    }
}
