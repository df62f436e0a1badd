/// Reads `server.conf`: HOCON in, validated values out. An invalid value stops the start with file, line and key.
@NullMarked
package dev.pier.server.config;

import org.jspecify.annotations.NullMarked;
