package dev.pier.bench.sides;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// A side whose callers run in one process, a server's JVM ([dev.pier.bench.driven.Drive]) or an Erlang node
/// (`bench_control`), and call or send to a peer.
public final class Driven implements Side {
    @FunctionalInterface
    private interface Driver {
        String drive(long millis) throws Exception;
    }

    private final String name;
    private final Map<String, Long> processes = new LinkedHashMap<>();
    private final Driver driver;

    private Driven(String name, long caller, long backend, Driver driver) {
        this.name = name;
        this.driver = driver;
        processes.put("caller", caller);
        processes.put("peer", backend);
    }

    /// @param path the servlet below `/drive`, such as `calls`
    /// @param threads `virtual` or `platform`
    public static Driven in(Server server, BeamNode backend, String name, String path, int callers, String threads) {
        return in(server, backend.pid(), name, path, callers, threads);
    }

    /// @param peer the id of the peer's process
    public static Driven in(Server server, long peer, String name, String path, int callers, String threads) {
        return new Driven(
                name,
                server.pid(),
                peer,
                millis -> server.get(
                        "/drive/%s?callers=%d&threads=%s&millis=%d".formatted(path, callers, threads, millis)));
    }

    /// @param peer the id of the peer's process
    /// @param command a function of `bench_control` and its first arguments; the number of callers and the time in
    ///     milliseconds are appended
    public static Driven in(BeamNode node, long peer, String name, String command, int callers) {
        return new Driven(name, node.pid(), peer, millis -> node.command(command + " " + callers + " " + millis));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, Long> processes() {
        return processes;
    }

    @Override
    public Work work(Duration time) throws Exception {
        return Work.parse(name, driver.drive(time.toMillis()));
    }
}
