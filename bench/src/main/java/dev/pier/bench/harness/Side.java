package dev.pier.bench.harness;

import java.time.Duration;
import java.util.Map;

/// One of those that are compared: something that can be made to work for a while, again and again.
public interface Side {
    String name();

    /// The ids of the processes that work for it, by what they are called in the report. Their use of the machine is
    /// measured.
    Map<String, Long> processes();

    /// One round.
    ///
    /// @throws Exception if it does not work as it should, which ends the run
    Work work(Duration time) throws Exception;
}
