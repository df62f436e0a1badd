/// How connections to peers come and go: one link per peer, the dialer, the listener, backoff, sessions and lanes.
@NullMarked
package dev.pier.erlang.link;

import org.jspecify.annotations.NullMarked;
