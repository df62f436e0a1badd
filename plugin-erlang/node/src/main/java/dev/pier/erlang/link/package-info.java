/// The life of connections to peers: one link per peer, the dialer, the listener, backoff, sessions and lanes.
@NullMarked
package dev.pier.erlang.link;

import org.jspecify.annotations.NullMarked;
