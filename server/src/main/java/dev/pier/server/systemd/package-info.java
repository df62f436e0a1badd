/// What the server tells systemd, which runs it as a service.
@NullMarked
package dev.pier.server.systemd;

import org.jspecify.annotations.NullMarked;
