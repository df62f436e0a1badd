/// The projects that `bin/pier new` makes.
@NullMarked
package dev.pier.server.project;

import org.jspecify.annotations.NullMarked;
