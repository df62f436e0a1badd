package dev.pier.bench.comparisons;

/// A part of the bench, with a name to run it by.
///
/// A new one is a class of this package, or of one beside it, that stands in the list of `dev.pier.bench.Main`. It
/// takes the processes that it needs from `run.scene()`, where all comparisons share them; plays `run.rounds()` with
/// a [dev.pier.bench.harness.Side] for each of those that it compares; and puts a
/// [dev.pier.bench.harness.Section] for each table and a [dev.pier.bench.harness.Ratio] for each mark into
/// `run.report()`. What has to run inside the servers' JVMs is a servlet in `dev.pier.bench.pierapp` or
/// `.jinterfaceapp`, and what has to run in Erlang nodes stands in `bench/erlang`.
public interface Comparison {
    /// As on the command line: `calls`.
    String name();

    /// Measures, and reports.
    ///
    /// @throws Exception if a side does not do as it should, which ends the run
    void run(Run run) throws Exception;
}
