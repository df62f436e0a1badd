/// The distribution handshake, version 6, as initiator and as acceptor. The steps are named as in the protocol
/// document.
@NullMarked
package dev.pier.erlang.handshake;

import org.jspecify.annotations.NullMarked;
