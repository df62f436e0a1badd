package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Report;
import dev.pier.bench.harness.Rounds;
import dev.pier.bench.sides.Scene;

/// What a comparison works with.
///
/// @param quick whether this is a smoke run: everything is done, and nothing is measured well
/// @param rounds for most comparisons
/// @param scene the processes
public record Run(boolean quick, Rounds rounds, Scene scene, Report report) {}
