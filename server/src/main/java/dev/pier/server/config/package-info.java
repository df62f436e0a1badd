/// server.conf: HOCON in, validated values out; a bad value stops the start and is named with file, line and key.
@NullMarked
package dev.pier.server.config;

import org.jspecify.annotations.NullMarked;
