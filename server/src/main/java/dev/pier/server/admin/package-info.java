/// The admin port: health, metrics and status. It has its own server and threads, so that it answers when the HTTP
/// server is overloaded.
@NullMarked
package dev.pier.server.admin;

import org.jspecify.annotations.NullMarked;
