/// What the node does, as events of Java's Flight Recorder.
@NullMarked
package dev.pier.erlang.flight;

import org.jspecify.annotations.NullMarked;
