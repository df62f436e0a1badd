package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pier.erlang.term.Term;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
/// A static extension lives as long as its class, an instance one as long as its test method, and one that is
/// no extension until it is closed. When a test fails, what the node printed meanwhile goes to standard error.
///
/// Any thread may ask; starting and stopping is for one thread at a time.
public final class ErlangPeer
        implements AutoCloseable, BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Duration EVAL_DEADLINE = Duration.ofSeconds(30);

    private final PeerSetup.Plan plan;
    private final PeerFolder folder;
    private volatile @Nullable PeerProcess running;
    private volatile int printedBefore;
    private int enclosingClasses;
    private boolean livesWithClass;

    ErlangPeer(PeerSetup.Plan plan) {
        this.plan = plan;
        folder = PeerFolder.create(plan.name(), plan.cookie());
        running = PeerProcess.launch(plan, folder);
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
        return TestHost.nodeName(plan.name());
    }

    public String cookie() {
        return plan.cookie();
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
        return running().pid();
    }

    public boolean isRunning() {
        PeerProcess now = running;
        return now != null && now.isAlive();
    }

    /// Evaluates expressions, as the shell does, and returns the last one's value as `~0tp` prints it, on one
    /// line. They run in a process of their own, which ends with the answer; the full stop at the end is not
    /// needed.
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

    /// Evaluates expressions in which `Input` is a binary of these bytes and whose value is a binary. No text
    /// is made of either, so this is the way for encoded terms and for many of them.
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
        PeerProcess ending = running();
        // From OTP 29 on the node may be gone before it has answered.
        CompletableFuture<byte[]> _ = ending.control().request('e', "init:stop()".getBytes(UTF_8));
        ending.awaitEnd();
        running = null;
    }

    /// Ends the node at once, with SIGKILL.
    public void kill() {
        running().kill();
        running = null;
    }

    /// Stops the node's process as a whole, with SIGSTOP: its sockets stay open, and nothing reads or writes
    /// them.
    public void suspend() {
        running().suspend();
    }

    /// Lets a suspended node go on, and waits until it does.
    public void resume() {
        running().resume();
        eval("ok");
    }

    /// Starts the node again, with the same name, cookie and modules; kills it before if it still runs.
    public void restart() {
        close();
        Await.until(
                "the name " + plan.name() + " to be free",
                () -> !TestEpmd.names().contains(plan.name()));
        running = PeerProcess.launch(plan, folder);
    }

    /// Kills the node if it runs.
    @Override
    public void close() {
        PeerProcess last = running;
        if (last != null) {
            last.kill();
            running = null;
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        livesWithClass = true;
        if (enclosingClasses == 0 && running == null) {
            // A class with a failed test is run once more, in the same JVM and so with the same static field.
            restart();
        }
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

    private PeerProcess running() {
        PeerProcess now = running;
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
}
