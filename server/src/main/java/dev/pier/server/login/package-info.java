/// Realms, and the ways in which clients log in.
@NullMarked
package dev.pier.server.login;

import org.jspecify.annotations.NullMarked;
