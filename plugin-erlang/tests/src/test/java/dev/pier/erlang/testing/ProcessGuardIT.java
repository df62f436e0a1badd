package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Nothing that the tests start outlives them.
class ProcessGuardIT {
    private static final String SUSPENDED = "suspended ";

    @Test
    void aKilledJvmLeavesNothingBehindNotEvenASuspendedNode() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SuspendsANode.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> children;
        ProcessHandle node;
        try (BufferedReader out = jvm.inputReader(UTF_8)) {
            node = out.lines()
                    .filter(line -> line.startsWith(SUSPENDED))
                    .findFirst()
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line.substring(SUSPENDED.length()))))
                    .orElseThrow();
            children = jvm.children().toList();
            // The guard, the EPMD and the node.
            assertThat(children).hasSize(3).contains(node);
        } finally {
            jvm.destroyForcibly();
        }

        Await.until(
                "the end of all that the JVM had started",
                () -> Stream.concat(Stream.of(node), children.stream()).noneMatch(ProcessHandle::isAlive));
    }

    /// The main class of the JVM that is killed.
    static final class SuspendsANode {
        private SuspendsANode() {}

        @SuppressWarnings("resource") // Left open on purpose: the JVM is killed while the node is there.
        public static void main(String[] arguments) throws Exception {
            ErlangPeer node = ErlangPeer.start();
            long pid = node.pid();
            node.suspend();
            System.out.println(SUSPENDED + pid);
            Thread.sleep(Await.PATIENCE);
        }
    }
}
