/// The one composition root: reads `erlang { … }` of the configuration, builds everything, is the server's plugin.
@NullMarked
package dev.pier.erlang.plugin;

import org.jspecify.annotations.NullMarked;
