/// Functions of this node that Erlang calls: by `erpc` and `rpc`, by `spawn`, and by the older door of `rex`.
@NullMarked
package dev.pier.erlang.served;

import org.jspecify.annotations.NullMarked;
