/// The commands that ask a running server: `bin/pier status`, `apps`, `deploy` and the like.
@NullMarked
package dev.pier.server.cli;

import org.jspecify.annotations.NullMarked;
