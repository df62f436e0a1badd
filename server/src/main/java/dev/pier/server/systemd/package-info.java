/// Messages to systemd, which runs the server as a service.
@NullMarked
package dev.pier.server.systemd;

import org.jspecify.annotations.NullMarked;
