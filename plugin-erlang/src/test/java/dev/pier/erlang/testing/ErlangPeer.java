package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real Erlang node under a test's control, on the loopback interface and at the tests' own EPMD.
///
/// ```java
/// @RegisterExtension
/// static final ErlangPeer erlang = ErlangPeer.start();
/// ...
/// assertThat(erlang.eval("lists:reverse([a, b])")).isEqualTo("[b,a]");
/// ```
///
/// A static extension lives as long as its class, an instance one as long as its test method, and one that is no
/// extension until it is closed. When a test fails, what the node printed meanwhile goes to standard error.
///
/// Any thread may ask; starting and stopping is for one thread at a time.
public final class ErlangPeer
        implements AutoCloseable, BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration EVAL_DEADLINE = Duration.ofSeconds(30);
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);

    private final ErlangInstallation installation;
    private final String name;
    private final String cookie;
    private final List<String> flags;
    private final Map<String, String> environment;
    private final PeerFolder folder;
    private volatile @Nullable Running running;
    private int enclosingClasses;
    private boolean livesWithClass;
    private volatile int printedBefore;

    /// One life of the node.
    private record Running(Process process, ControlChannel control) {}

    ErlangPeer(
            ErlangInstallation installation,
            String name,
            String cookie,
            List<String> flags,
            Map<String, String> environment) {
        this.installation = installation;
        this.name = name;
        this.cookie = cookie;
        this.flags = flags;
        this.environment = environment;
        folder = PeerFolder.create(name, cookie);
        running = launch();
    }

    /// Starts a visible node with a name and a cookie of its own.
    public static ErlangPeer start() {
        return with().start();
    }

    /// A node that wants more than the defaults.
    public static PeerSetup with() {
        return new PeerSetup();
    }

    /// The full name, `peer_4711_1@localhost`.
    public String nodeName() {
        return TestHost.nodeName(name);
    }

    public String cookie() {
        return cookie;
    }

    /// The cookie's file, which only its owner may read.
    public Path cookieFile() {
        return folder.home().resolve(".erlang.cookie");
    }

    /// The release that runs: `25`.
    public int otpRelease() {
        return Integer.parseInt(running().control().otpRelease());
    }

    /// The operating system's process id.
    public long pid() {
        return running().control().pid();
    }

    public boolean isRunning() {
        Running now = running;
        return now != null && now.process().isAlive();
    }

    /// Evaluates expressions, as the shell does, and returns the last one's value as `~0tp` prints it, on one line.
    /// They run in a process of their own, which ends with the answer; the full stop at the end is not needed.
    ///
    /// @throws AssertionError if they do not parse or do not end with a value; it tells class, reason and stack
    public String eval(String expressions) {
        return eval(expressions, EVAL_DEADLINE);
    }

    public String eval(String expressions, Duration deadline) {
        return new String(ask('e', expressions.getBytes(UTF_8), expressions, deadline), UTF_8);
    }

    /// The same, the answer read as a term.
    public Term evalTerm(String expressions) {
        return Term.parse(eval(expressions));
    }

    /// Evaluates expressions in which `Input` is a binary of these bytes and whose value is a binary. No text is made
    /// of either, so this is the way for encoded terms and for many of them.
    public byte[] evalBytes(String expressions, byte[] input) {
        byte[] text = expressions.getBytes(UTF_8);
        ByteBuffer payload = ByteBuffer.allocate(Integer.BYTES + input.length + text.length);
        payload.putInt(input.length).put(input).put(text);
        return ask('b', payload.array(), expressions, EVAL_DEADLINE);
    }

    /// Compiles a module and loads it. It is there after a restart, too.
    ///
    /// @return the module's name
    public String compile(String moduleSource) {
        return new String(ask('c', moduleSource.getBytes(UTF_8), moduleSource, EVAL_DEADLINE), UTF_8);
    }

    /// What the node has printed, its log included, since the running test began, or else since its start.
    public String log() {
        return folder.printedFrom(printedBefore);
    }

    /// Waits until the text stands in the log of the running test, and returns the line that has it.
    public String awaitLog(String text) {
        String log = Await.value("'" + text + "' in the log of " + nodeName(), this::log, seen -> seen.contains(text));
        return log.lines().filter(line -> line.contains(text)).findFirst().orElse(log);
    }

    /// Ends the node in an orderly way: its applications are stopped, its connections closed.
    public void stop() {
        Running ending = running();
        eval("init:stop()");
        Await.until("the end of " + nodeName(), () -> !ending.process().isAlive());
        end(ending);
    }

    /// Ends the node at once, with SIGKILL.
    public void kill() {
        end(running());
    }

    /// Stops the node's process as a whole, with SIGSTOP: its sockets stay open, and nothing reads or writes them.
    public void suspend() {
        signal("STOP");
        Path status = Path.of("/proc", Long.toString(pid()), "status");
        if (Files.exists(status)) {
            Await.until("SIGSTOP to stop " + nodeName(), () -> isStopped(status));
        }
    }

    /// Lets a suspended node go on.
    public void resume() {
        signal("CONT");
        eval("ok");
    }

    /// Starts the node again, with the same name, cookie and modules; kills it before if it still runs.
    public void restart() {
        Running last = running;
        if (last != null) {
            end(last);
        }
        Await.until("the name " + name + " to be free", () -> !TestEpmd.names().contains(name));
        running = launch();
    }

    /// Kills the node if it runs.
    @Override
    public void close() {
        Running last = running;
        if (last != null) {
            end(last);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        livesWithClass = true;
        enclosingClasses++;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        printedBefore = folder.printed();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.err.printf("--- %s printed during %s:%n%s---%n", nodeName(), context.getDisplayName(), log());
        }
        if (!livesWithClass) {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // Nested classes inherit the extension and report their own end first.
        enclosingClasses--;
        if (enclosingClasses == 0) {
            close();
        }
    }

    private Running running() {
        Running now = running;
        if (now == null) {
            throw new AssertionError(nodeName() + " does not run");
        }
        return now;
    }

    private byte[] ask(char what, byte[] payload, String question, Duration deadline) {
        try {
            return running().control().request(what, payload).get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError(
                    nodeName() + " did not answer within " + deadline.toMillis() + " ms to: " + question, late);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ControlChannel.Failure failure) {
                throw new AssertionError(nodeName() + " failed with " + failure.getMessage() + "\nin: " + question, e);
            }
            throw new AssertionError(nodeName() + " ended before it answered: " + question, e);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while " + nodeName() + " was asked: " + question, interrupted);
        }
    }

    private Running launch() {
        String token = PeerSetup.randomCookie();
        int before = folder.printed();
        try (ServerSocket server = new ServerSocket(0, 1, TestHost.address())) {
            ProcessBuilder builder = new ProcessBuilder(command());
            builder.directory(folder.root().toFile());
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(folder.output().toFile()));
            prepare(builder.environment());
            builder.environment().put("PIER_TEST_CONTROL_PORT", Integer.toString(server.getLocalPort()));
            builder.environment().put("PIER_TEST_CONTROL_TOKEN", token);
            builder.environment()
                    .put("PIER_TEST_CONTROL_FOLDER", folder.modules().toString());
            Process process = ProcessGuard.start(builder);
            try {
                ControlChannel control = ControlChannel.accept(server, token, process, START_DEADLINE);
                installation.announce(control.otpRelease());
                return new Running(process, control);
            } catch (IOException failed) {
                process.destroyForcibly();
                throw new AssertionError(
                        nodeName() + " does not start: " + failed.getMessage() + "; it printed:\n"
                                + folder.printedFrom(before),
                        failed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(nodeName() + " does not start", e);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(installation.erl(), "-noinput", "-sname", nodeName()));
        command.addAll(List.of("-start_epmd", "false"));
        command.addAll(List.of("-kernel", "inet_dist_use_interface", "{127,0,0,1}"));
        command.addAll(List.of(
                "-kernel",
                "logger",
                "[{handler,default,logger_std_h,#{formatter=>{logger_formatter,#{single_line=>true}}}}]"));
        command.addAll(List.of("-pa", folder.modules().toString()));
        command.addAll(List.of("-pa", PeerFolder.controlCode(installation).toString()));
        command.addAll(flags);
        command.addAll(List.of("-s", "pier_test_control"));
        return command;
    }

    /// Nothing that the machine's user has set for Erlang may change a test.
    private void prepare(Map<String, String> variables) {
        variables.keySet().removeIf(variable -> variable.startsWith("ERL_") || variable.startsWith("XDG_"));
        variables.put("HOME", folder.home().toString());
        variables.put("LC_ALL", "C.UTF-8");
        variables.put("ERL_EPMD_PORT", Integer.toString(TestEpmd.port()));
        variables.put("ERL_CRASH_DUMP_SECONDS", "0");
        variables.putAll(environment);
    }

    private void end(Running ending) {
        running = null;
        ending.process().destroyForcibly();
        Await.until("the end of " + nodeName(), () -> !ending.process().isAlive());
        try {
            ending.control().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String signal) {
        String pid = Long.toString(pid());
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", signal, pid)
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("SIG" + signal + " cannot be sent to " + nodeName());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while sending SIG" + signal, e);
        }
    }

    // SPEC: proc(5): "State" is T for a process that a signal has stopped.
    private static boolean isStopped(Path status) {
        try (var lines = Files.lines(status)) {
            return lines.anyMatch(line -> line.startsWith("State:\tT"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
