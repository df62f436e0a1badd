/// The API of a test plugin, which is shared with web applications.
@NullMarked
package dev.pier.server.sharedapi;

import org.jspecify.annotations.NullMarked;
