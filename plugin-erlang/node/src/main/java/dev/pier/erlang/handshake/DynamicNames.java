package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.Creations;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;

/// Makes names for nodes that ask for one, as `erl -sname undefined` does. They are random, so that no name is given
/// twice.
///
/// SPEC: erl_dist_protocol Distribution Handshake, status `named:`
public final class DynamicNames {
    private static final int DIGITS_AND_LETTERS = 36;
    private static final int BITS = 62;

    private final SecureRandom random = new SecureRandom();

    /// @param host the host part of the name, which is the peer's own
    /// @return empty if the host is too long for a name before it
    public Optional<AcceptDecision.Named> next(String host) {
        String alive =
                Long.toString(random.nextLong(1L << BITS), DIGITS_AND_LETTERS).toUpperCase(Locale.ROOT);
        try {
            return Optional.of(new AcceptDecision.Named(new NodeName(alive, host), Creations.random()));
        } catch (IllegalArgumentException tooLong) {
            return Optional.empty();
        }
    }
}
