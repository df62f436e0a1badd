/// The distribution handshake, version 6, as initiator and as acceptor; it reads like the protocol document.
@NullMarked
package dev.pier.erlang.handshake;

import org.jspecify.annotations.NullMarked;
