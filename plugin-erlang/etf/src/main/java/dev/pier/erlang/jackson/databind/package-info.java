/// Databind for the external term format: the mapper, and the conversion of Java values and records to terms and
/// back.
@NullMarked
package dev.pier.erlang.jackson.databind;

import org.jspecify.annotations.NullMarked;
