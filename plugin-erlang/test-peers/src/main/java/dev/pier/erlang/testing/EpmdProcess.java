package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.stream.Collectors;

/// A real EPMD on a free port. Most tests share one, [TestEpmd]; a test that wants to see what happens when EPMD goes
/// starts one of its own.
///
/// Asking is for any thread; killing and starting again for one at a time.
public final class EpmdProcess implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final int port;
    private volatile Process process;

    private EpmdProcess(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    public static EpmdProcess start() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = freePort();
            Process process = launch(port);
            if (process.isAlive()) {
                return new EpmdProcess(port, process);
            }
            // Another process took the port between the check and EPMD's start.
        }
        throw new IllegalStateException("EPMD ended at once, " + ATTEMPTS + " times: " + program());
    }

    public int port() {
        return port;
    }

    /// The names registered now, without their host, and their ports.
    public Map<String, Integer> names() {
        // SPEC: erl_dist_protocol, NAMES_REQ
        try (Socket socket = new Socket(TestHost.address(), port)) {
            socket.getOutputStream().write(new byte[] {0, 1, 'n'});
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readInt();
            // Each line: name <name> at port <port>
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.split(" ", -1))
                    .collect(Collectors.toMap(words -> words[1], words -> Integer.valueOf(words[4])));
        } catch (IOException e) {
            throw new UncheckedIOException("EPMD does not answer on port " + port, e);
        }
    }

    /// Ends it at once. All registrations are lost, and their connections end.
    public void kill() {
        process.destroyForcibly();
        Await.until("the end of EPMD on port " + port, () -> !process.isAlive());
    }

    /// Starts it again on the same port, with no name registered; kills it before if it still runs.
    public void restart() {
        kill();
        process = launch(port);
        if (!process.isAlive()) {
            throw new AssertionError("EPMD does not start again on port " + port);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private static Process launch(int port) {
        ProcessBuilder builder =
                new ProcessBuilder(program(), "-port", Integer.toString(port), "-address", "127.0.0.1");
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try {
            Process process = ProcessGuard.start(builder);
            Await.until("EPMD on port " + port, () -> !process.isAlive() || answers(port));
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("EPMD does not start: " + program(), e);
        }
    }

    private static String program() {
        return ErlangInstallation.find().epmd();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, TestHost.address())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(TestHost.address(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
