package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Report;
import dev.pier.bench.harness.Rounds;
import dev.pier.bench.sides.Scene;

/// The environment of a comparison.
///
/// @param quick whether this is a smoke test, which runs everything too briefly for meaningful figures
/// @param rounds the rounds for most comparisons
/// @param scene the processes
public record Run(boolean quick, Rounds rounds, Scene scene, Report report) {}
