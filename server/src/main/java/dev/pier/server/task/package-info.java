/// Threads of the server that repeat a step.
@NullMarked
package dev.pier.server.task;

import org.jspecify.annotations.NullMarked;
