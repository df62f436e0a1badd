/// Erlang's values in Java: the sealed interface [Term] and a value class for each kind.
///
/// All terms are immutable, safe for many threads, and equal where Erlang's `=:=` is true.
@NullMarked
package dev.pier.erlang.term;

import org.jspecify.annotations.NullMarked;
