/// The server inside another program.
@NullMarked
package dev.pier.embedded;

import org.jspecify.annotations.NullMarked;
