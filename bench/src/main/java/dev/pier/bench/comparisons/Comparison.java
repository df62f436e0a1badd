package dev.pier.bench.comparisons;

/// A part of the bench that can be run by its name.
///
/// To add a comparison, implement this interface and add the class to the list in `dev.pier.bench.Main`. It takes its
/// processes from `run.scene()`, which all comparisons share; plays `run.rounds()` with one
/// [dev.pier.bench.harness.Side] for each thing that it compares; and adds a [dev.pier.bench.harness.Section] for each
/// table and a [dev.pier.bench.harness.Ratio] for each mark to `run.report()`. Code that runs inside the servers' JVMs
/// is in the servlets of `dev.pier.bench.pierapp` and `.jinterfaceapp`; code that runs in Erlang nodes is in
/// `bench/erlang`.
public interface Comparison {
    /// The name on the command line, such as `calls`.
    String name();

    /// Measures the sides and adds the results to the report.
    ///
    /// @throws Exception if a side fails, which ends the run
    void run(Run run) throws Exception;
}
