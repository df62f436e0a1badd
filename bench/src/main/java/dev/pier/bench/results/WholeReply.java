package dev.pier.bench.results;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// A Pier that sends the whole large reply to an HTTP client, once per round, regardless of the round's duration.
///
/// @param bytes of the encoded term
record WholeReply(String name, Server pier, BeamNode backend, long bytes) implements Side {
    static final long MEGABYTE = 1_000_000;

    private static final int READ = 256 << 10;

    static URI at(Server pier) {
        return pier.at("/large");
    }

    @Override
    public Map<String, Long> processes() {
        Map<String, Long> processes = new LinkedHashMap<>();
        processes.put("caller", pier.pid());
        processes.put("peer", backend.pid());
        return processes;
    }

    @Override
    public Work work(Duration time) throws IOException {
        long start = System.nanoTime();
        try (Download download = new Download(at(pier), READ)) {
            download.readAll();
        }
        return Work.rate(bytes / MEGABYTE, System.nanoTime() - start);
    }
}
