/// Databind for ETF: the mapper, and how Java values and records become terms and back.
@NullMarked
package dev.pier.erlang.jackson.databind;

import org.jspecify.annotations.NullMarked;
