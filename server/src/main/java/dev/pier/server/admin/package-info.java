/// The operator's port: health, metrics, status. It has its own server and threads, so that it answers when the main
/// one is busy.
@NullMarked
package dev.pier.server.admin;

import org.jspecify.annotations.NullMarked;
