/// The latest lines of the log, and the latest failures by reference, for operators.
@NullMarked
package dev.pier.server.recent;

import org.jspecify.annotations.NullMarked;
