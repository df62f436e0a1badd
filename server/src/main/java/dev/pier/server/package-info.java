/// The application server: its command line, and the order in which its parts start and stop.
@NullMarked
package dev.pier.server;

import org.jspecify.annotations.NullMarked;
