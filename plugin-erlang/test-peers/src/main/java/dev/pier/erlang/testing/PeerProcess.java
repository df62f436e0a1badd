package dev.pier.erlang.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One life of a node: the process of its virtual machine, and the control channel into it.
///
/// @param nodeName the full name
/// @param process started by us; the `erl` script has become the virtual machine, so both have the same id
/// @param control open until the life ends
record PeerProcess(String nodeName, Process process, ControlChannel control) {
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);

    /// Starts the node and waits until it can be asked.
    ///
    /// @throws AssertionError if it does not come up, with what it printed
    static PeerProcess launch(PeerSetup.Plan plan, PeerFolder folder) {
        String nodeName = TestHost.nodeName(plan.name());
        String token = PeerSetup.randomCookie();
        int printedBefore = folder.printed();
        try (ServerSocket server = new ServerSocket(0, 1, TestHost.address())) {
            ProcessBuilder builder = new ProcessBuilder(command(plan, folder, nodeName));
            builder.directory(folder.root().toFile());
            builder.redirectInput(Path.of("/dev/null").toFile());
            builder.redirectErrorStream(true);
            builder.redirectOutput(
                    ProcessBuilder.Redirect.appendTo(folder.output().toFile()));
            Map<String, String> variables = builder.environment();
            isolate(variables, folder);
            variables.put("PIER_TEST_CONTROL_PORT", Integer.toString(server.getLocalPort()));
            variables.put("PIER_TEST_CONTROL_TOKEN", token);
            variables.put("PIER_TEST_CONTROL_FOLDER", folder.modules().toString());
            variables.putAll(plan.environment());
            Process process = ProcessGuard.start(builder);
            try {
                ControlChannel control = ControlChannel.accept(server, token, process, START_DEADLINE);
                plan.installation().announce(control.otpRelease());
                return new PeerProcess(nodeName, process, control);
            } catch (IOException failed) {
                process.destroyForcibly();
                String printed = folder.printedFrom(printedBefore);
                throw new AssertionError(
                        nodeName + " does not start: " + failed.getMessage() + "; it printed:\n" + printed, failed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(nodeName + " does not start", e);
        }
    }

    private static List<String> command(PeerSetup.Plan plan, PeerFolder folder, String nodeName) {
        ErlangInstallation installation = plan.installation();
        String logger = "[{handler,default,logger_std_h,#{formatter=>{logger_formatter,#{single_line=>true}}}}]";
        String name = plan.nameless() ? TestHost.nodeName("undefined") : nodeName;
        List<String> command = new ArrayList<>(List.of(installation.erl(), "-noinput", "-sname", name));
        command.addAll(List.of("-start_epmd", "false"));
        command.addAll(List.of("-kernel", "inet_dist_use_interface", "{127,0,0,1}"));
        command.addAll(List.of("-kernel", "logger", logger));
        command.addAll(List.of("-pa", folder.modules().toString()));
        command.addAll(List.of("-pa", PeerFolder.controlCode(installation).toString()));
        command.addAll(plan.flags());
        command.addAll(List.of("-s", "pier_test_control"));
        return command;
    }

    /// Nothing that the machine's user has set for Erlang may change a test.
    private static void isolate(Map<String, String> variables, PeerFolder folder) {
        variables.keySet().removeIf(variable -> variable.startsWith("ERL_") || variable.startsWith("XDG_"));
        variables.put("HOME", folder.home().toString());
        variables.put("LC_ALL", "C.UTF-8");
        variables.put("ERL_EPMD_PORT", Integer.toString(TestEpmd.port()));
        variables.put("ERL_CRASH_DUMP_SECONDS", "0");
    }

    long pid() {
        return control.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitEnd() {
        Await.until("the end of " + nodeName, () -> !isAlive());
        try {
            control.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    void suspend() {
        signal("STOP");
        Path status = Path.of("/proc", Long.toString(pid()), "status");
        if (Files.exists(status)) {
            Await.until("SIGSTOP to stop " + nodeName, () -> isStopped(status));
        }
    }

    void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        String pid = Long.toString(pid());
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", signal, pid)
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new AssertionError("SIG" + signal + " cannot be sent to " + nodeName);
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
        try (Stream<String> lines = Files.lines(status)) {
            return lines.anyMatch(line -> line.startsWith("State:\tT"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
