/// The commands that ask a running server: `bin/pier status`, `apps` and `health`.
@NullMarked
package dev.pier.server.cli;

import org.jspecify.annotations.NullMarked;
