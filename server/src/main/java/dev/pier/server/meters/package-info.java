/// The meters of applications, in the registry that the admin port shows.
@NullMarked
package dev.pier.server.meters;

import org.jspecify.annotations.NullMarked;
