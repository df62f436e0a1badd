/// What the server has logged lately, for operators: the last lines, and the failures by reference.
@NullMarked
package dev.pier.server.recent;

import org.jspecify.annotations.NullMarked;
