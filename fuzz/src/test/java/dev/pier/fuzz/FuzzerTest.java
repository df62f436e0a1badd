package dev.pier.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The fuzzer finds faults that were put into a target.
class FuzzerTest {
    @TempDir
    Path folder;

    private static final byte[] SEED = "an input".getBytes(US_ASCII);

    /// A target with a fault.
    private record Faulty(Predicate<byte[]> accepts) implements Target {
        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public List<byte[]> seeds() {
            return List.of(SEED);
        }

        @Override
        public long maxAllocation(int inputLength) {
            return 1 << 20;
        }

        @Override
        public int shortRun() {
            return 1000;
        }

        @Override
        public boolean accepts(byte[] input) {
            return accepts.test(input);
        }
    }

    private Fuzzer.Outcome run(Predicate<byte[]> accepts) throws Exception {
        return Fuzzer.run(new Faulty(accepts), new Corpus(folder), 1, inputs -> inputs >= 1000);
    }

    @Test
    void countsAcceptedAndRefusedInputs() throws Exception {
        Fuzzer.Outcome outcome = run(input -> input.length % 2 == 0);

        assertThat(outcome.findings()).isEmpty();
        assertThat(outcome.inputs()).isEqualTo(1000);
        assertThat(outcome.accepted()).isBetween(1L, 999L);
    }

    @Test
    void reportsAnExceptionWithItsInput() throws Exception {
        Fuzzer.Outcome outcome = run(input -> {
            if (input.length > 20) {
                throw new IllegalStateException("too long");
            }
            return true;
        });

        assertThat(outcome.findings()).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.input().length).isGreaterThan(20);
            assertThat(finding.cause()).hasMessage("too long");
            assertThat(Files.readAllBytes(finding.save(folder))).isEqualTo(finding.input());
        });
    }

    @Test
    void reportsAllocationThatTheInputOnlyClaims() throws Exception {
        Fuzzer.Outcome outcome = run(input -> new byte[input.length > 20 ? 8 << 20 : 8].length > 8);

        assertThat(outcome.findings())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.cause()).hasMessageContaining("allocated"));
    }

    @Test
    void reportsAnOverflowOfTheStack() throws Exception {
        Fuzzer.Outcome outcome = run(FuzzerTest::recurse);

        assertThat(outcome.findings())
                .isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.cause()).isInstanceOf(StackOverflowError.class));
    }

    @SuppressWarnings("InfiniteRecursion")
    private static boolean recurse(byte[] input) {
        return !recurse(input);
    }

    @Test
    void readsTheCorpusOfTheTarget() throws Exception {
        Path files = Files.createDirectories(folder.resolve("faulty"));
        Files.write(files.resolve("one"), SEED);

        assertThat(new Corpus(folder).of(new Faulty(_ -> true))).containsOnlyKeys("one");
    }
}
