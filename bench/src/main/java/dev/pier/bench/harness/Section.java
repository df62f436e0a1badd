package dev.pier.bench.harness;

import java.util.List;

/// A table of the report.
///
/// @param comparison the name of the comparison
/// @param title what was measured
/// @param unit of the main figure, such as `calls/s`
/// @param note a remark for the reader, or empty
public record Section(String comparison, String title, String unit, String note, List<Row> rows) {}
