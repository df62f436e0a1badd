package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.Creations;
import dev.pier.erlang.handshake.AcceptDecision;
import java.security.SecureRandom;
import java.util.Locale;

/// Makes names for nodes that ask for one, as `erl -sname undefined` does. They are random, so that no name is given
/// twice.
///
/// SPEC: erl_dist_protocol Distribution Handshake, status `named:`
public final class DynamicNames {
    private static final int DIGITS_AND_LETTERS = 36;
    private static final int BITS = 62;

    private final SecureRandom random = new SecureRandom();

    /// @param host the host part of the name, which is the peer's own
    public AcceptDecision.Named next(String host) {
        String alive =
                Long.toString(random.nextLong(1L << BITS), DIGITS_AND_LETTERS).toUpperCase(Locale.ROOT);
        return new AcceptDecision.Named(new NodeName(alive, host), Creations.random());
    }
}
