/// Erlang's values as Java sees them: the sealed interface [Term] and a record for each kind.
///
/// Pure values: immutable, safe to share between threads, equal where Erlang says `=:=`.
@NullMarked
package dev.pier.erlang.term;

import org.jspecify.annotations.NullMarked;
