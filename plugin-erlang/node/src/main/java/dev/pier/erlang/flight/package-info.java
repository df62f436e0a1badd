/// Calls and connections as events of Java's Flight Recorder.
@NullMarked
package dev.pier.erlang.flight;

import org.jspecify.annotations.NullMarked;
