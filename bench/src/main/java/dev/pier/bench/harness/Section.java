package dev.pier.bench.harness;

import java.util.List;

/// A table of the report.
///
/// @param comparison the name of the comparison that it belongs to
/// @param title what was done
/// @param unit of the main figure: `calls/s`
/// @param note what a reader has to know besides, or nothing
public record Section(String comparison, String title, String unit, String note, List<Row> rows) {}
