/// The SPI of server plugins: the interfaces that a plugin implements and those that it gets. It has no Jetty types.
@NullMarked
package dev.pier.server.plugin;

import org.jspecify.annotations.NullMarked;
