package dev.pier.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.fuzz.targets.Targets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every target takes its seeds, the inputs that were once findings, and a short run of mutants.
class CorpusIT {
    private static final Corpus CORPUS = new Corpus(Path.of("corpus"));

    /// Fixed, so that each run has the same inputs. `bin/fuzz` takes others.
    private static final long SEED = 1;

    static Stream<String> names() {
        return Targets.names().stream();
    }

    private static Target open(String name) {
        return Targets.named(List.of(name)).getFirst().get();
    }

    @ParameterizedTest
    @MethodSource("names")
    void survivesSeedsAndCorpus(String name) throws Throwable {
        try (Target target = open(name)) {
            for (byte[] seed : target.seeds()) {
                Fuzzer.check(target, seed);
            }
            for (Map.Entry<String, byte[]> entry : CORPUS.of(target).entrySet()) {
                try {
                    Fuzzer.check(target, entry.getValue());
                } catch (Throwable t) {
                    throw new AssertionError("corpus/" + name + "/" + entry.getKey(), t);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void survivesMutants(String name) throws Exception {
        try (Target target = open(name)) {
            Fuzzer.Outcome outcome = Fuzzer.run(target, CORPUS, SEED, inputs -> inputs >= target.shortRun());

            assertThat(outcome.findings()).isEmpty();
            assertThat(outcome.inputs()).isEqualTo(target.shortRun());
        }
    }
}
