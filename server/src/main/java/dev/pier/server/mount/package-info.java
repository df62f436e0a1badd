/// Paths that plugins serve, each in a context of its own beside the applications.
@NullMarked
package dev.pier.server.mount;

import org.jspecify.annotations.NullMarked;
