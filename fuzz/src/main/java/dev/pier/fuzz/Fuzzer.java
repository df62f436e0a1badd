package dev.pier.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Feeds mutated inputs to one target, on a thread of its own, and watches that thread.
///
/// Lifecycle. For one run.
public final class Fuzzer {
    /// An input that takes longer has hung the reader.
    private static final Duration HANG = Duration.ofSeconds(30);

    private static final Duration WATCH_INTERVAL = Duration.ofMillis(50);
    private static final int MAX_POOL = 2000;
    private static final int MAX_FINDINGS = 10;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Target target;
    private final Mutator mutator;
    private final RandomGenerator random;
    private final List<byte[]> pool;
    private final List<Finding> findings = new ArrayList<>();

    private long inputs;
    private long accepted;

    /// The input that the target has, for the watching thread.
    private volatile @Nullable Running running;

    private static final class Running {
        final byte[] input;
        final long since = System.nanoTime();

        Running(byte[] input) {
            this.input = input;
        }
    }

    /// What a run did.
    ///
    /// @param accepted how many of the inputs the target accepted; the others were refused
    public record Outcome(String target, long seed, long inputs, long accepted, List<Finding> findings) {
        @Override
        public String toString() {
            return "%-13s seed %d: %,d inputs, %,d accepted, %,d refused, %d findings"
                    .formatted(target, seed, inputs, accepted, inputs - accepted - findings.size(), findings.size());
        }
    }

    private Fuzzer(Target target, Corpus corpus, long seed) throws IOException {
        this.target = target;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        mutator = new Mutator(random, target.dictionary());
        pool = new ArrayList<>(target.seeds());
        pool.addAll(corpus.of(target).values());
    }

    /// Runs until `enough` holds for the number of inputs, ten inputs are findings, or one hangs.
    ///
    /// @param seed the same seed makes the same inputs
    public static Outcome run(Target target, Corpus corpus, long seed, LongPredicate enough)
            throws IOException, InterruptedException {
        Fuzzer fuzzer = new Fuzzer(target, corpus, seed);
        Thread worker =
                Thread.ofPlatform().daemon().name("fuzz-" + target.name()).start(() -> fuzzer.work(enough));
        while (!worker.join(WATCH_INTERVAL)) {
            Running current = fuzzer.running;
            if (current != null && System.nanoTime() - current.since > HANG.toNanos()) {
                return fuzzer.outcome(seed, List.of(new Finding(target.name(), current.input, hang(worker))));
            }
        }
        return fuzzer.outcome(seed, fuzzer.findings);
    }

    private Outcome outcome(long seed, List<Finding> found) {
        return new Outcome(target.name(), seed, inputs, accepted, found);
    }

    private static Throwable hang(Thread worker) {
        AssertionError hang = new AssertionError("did not end within " + HANG.toSeconds() + " s");
        hang.setStackTrace(worker.getStackTrace());
        return hang;
    }

    private void work(LongPredicate enough) {
        while (!enough.test(inputs) && findings.size() < MAX_FINDINGS) {
            byte[] input = mutator.mutate(any(), any());
            running = new Running(input);
            try {
                if (check(target, input)) {
                    accepted++;
                    keep(input);
                }
            } catch (Throwable t) {
                findings.add(new Finding(target.name(), input, t));
            }
            running = null;
            inputs++;
        }
    }

    /// Gives one input to a target.
    ///
    /// @return whether the target accepted it
    /// @throws Throwable if the input is a finding
    public static boolean check(Target target, byte[] input) throws Throwable {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        boolean accepts = target.accepts(input);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        if (allocated > target.maxAllocation(input.length)) {
            throw new AssertionError("allocated " + allocated + " bytes for an input of " + input.length);
        }
        return accepts;
    }

    private byte[] any() {
        return pool.get(random.nextInt(pool.size()));
    }

    private void keep(byte[] input) {
        if (pool.size() < MAX_POOL) {
            pool.add(input);
        } else {
            pool.set(random.nextInt(pool.size()), input);
        }
    }
}
