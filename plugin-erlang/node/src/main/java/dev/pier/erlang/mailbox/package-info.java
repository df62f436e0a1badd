/// Mailboxes, handlers and `gen_server`s of this node, as applications use them.
@NullMarked
package dev.pier.erlang.mailbox;

import org.jspecify.annotations.NullMarked;
