/// The application server: the command line, and the order in which the parts start and stop.
@NullMarked
package dev.pier.server;

import org.jspecify.annotations.NullMarked;
