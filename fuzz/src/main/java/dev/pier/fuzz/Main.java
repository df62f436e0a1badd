package dev.pier.fuzz;

import dev.pier.fuzz.targets.Targets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The command line of `bin/fuzz`: `Main FOLDER MINUTES SEED [TARGET…]`. Ends with status 1 if there are findings; they
/// are in `FOLDER/findings`.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        Duration time = Duration.ofMinutes(Long.parseLong(arguments[1]));
        long seed = Long.parseLong(arguments[2]);
        List<String> names = List.of(arguments).subList(3, arguments.length);
        List<Supplier<Target>> chosen = Targets.named(names);
        if (chosen.isEmpty()) {
            System.err.println("fuzz: unknown target; known are " + String.join(", ", Targets.names()));
            System.exit(2);
        }
        List<Finding> findings = new ArrayList<>();
        Duration each = time.dividedBy(chosen.size());
        for (Supplier<Target> supplier : chosen) {
            try (Target target = supplier.get()) {
                long end = System.nanoTime() + each.toNanos();
                Fuzzer.Outcome outcome = Fuzzer.run(
                        target, new Corpus(folder.resolve("corpus")), seed, _ -> System.nanoTime() - end >= 0);
                System.out.println(outcome);
                findings.addAll(outcome.findings());
            }
        }
        for (Finding finding : findings) {
            System.out.println(finding + "saved as " + finding.save(folder.resolve("findings")));
        }
        System.exit(findings.isEmpty() ? 0 : 1);
    }
}
