package dev.pier.bench.harness;

import java.time.Duration;
import java.util.Map;

/// One of the things that are compared, such as calls by Pier: it works in rounds of a given duration.
public interface Side {
    String name();

    /// The ids of the processes that work for this side, by their names in the report. Their CPU time is measured.
    Map<String, Long> processes();

    /// Works for one round.
    ///
    /// @throws Exception if an operation fails, which ends the run
    Work work(Duration time) throws Exception;
}
