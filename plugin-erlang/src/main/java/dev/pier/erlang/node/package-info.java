/// The node as Erlang sees it: its name and identifiers, its peers' connections, its processes.
@NullMarked
package dev.pier.erlang.node;

import org.jspecify.annotations.NullMarked;
