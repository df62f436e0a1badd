/// Shares of what the streams of all peers and clients may take together. Knows no other package of the node.
@NullMarked
package dev.pier.erlang.credit;

import org.jspecify.annotations.NullMarked;
