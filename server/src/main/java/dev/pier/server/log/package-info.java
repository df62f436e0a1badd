/// The levels of the log, at the start and while the server runs.
@NullMarked
package dev.pier.server.log;

import org.jspecify.annotations.NullMarked;
