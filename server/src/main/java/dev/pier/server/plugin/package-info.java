/// What a server plugin implements and what it is given. No Jetty type in it.
@NullMarked
package dev.pier.server.plugin;

import org.jspecify.annotations.NullMarked;
