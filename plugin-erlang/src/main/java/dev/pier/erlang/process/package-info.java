/// Processes of this node as applications use them: mailboxes, handlers, servers.
@NullMarked
package dev.pier.erlang.process;

import org.jspecify.annotations.NullMarked;
