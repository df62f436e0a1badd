package dev.pier.spring.boot;

import org.jspecify.annotations.Nullable;

/// The node cannot start; the reason is a sentence for the developer. [ErlangStartFailureAnalyzer] prints it.
final class ErlangStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String property;

    private ErlangStartException(@Nullable String property, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.property = property;
    }

    /// @param key a key below `pier.erlang`
    /// @param problem follows the key in a sentence; does not show a secret
    static ErlangStartException of(String key, String problem) {
        return of(key, problem, null);
    }

    static ErlangStartException of(String key, String problem, @Nullable Throwable cause) {
        String property = ErlangProperties.PREFIX + "." + key;
        return new ErlangStartException(property, property + ": " + problem, cause);
    }

    /// Without a property that is to blame.
    static ErlangStartException of(String node, Exception cause) {
        return new ErlangStartException(
                null, "the Erlang node " + node + " does not start: " + cause.getMessage(), cause);
    }

    /// The property that has to be changed; `null` if that is not known.
    @Nullable
    String property() {
        return property;
    }
}
