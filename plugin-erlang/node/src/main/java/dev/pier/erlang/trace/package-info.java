/// The kinds and outcomes of calls, their trace contexts, and the observer of calls from Erlang.
@NullMarked
package dev.pier.erlang.trace;

import org.jspecify.annotations.NullMarked;
