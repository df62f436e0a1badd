package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;

/// Carries a value that cannot be written up to the place where the whole path to it is known.
public final class PathException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String problem;

    private final Throwable origin;

    private PathException(String path, String problem, Throwable origin) {
        super(problem, origin, false, false);
        this.path = path;
        this.problem = problem;
        this.origin = origin;
    }

    /// @param path the path from here to the value: `[3].name`
    static PathException at(String path, String problem, Throwable cause) {
        return new PathException(path, problem, cause);
    }

    /// The exception as seen from one level above.
    ///
    /// @param segment the path from there to this level: `[3]` or `.name`
    public static PathException below(String segment, RuntimeException e) {
        return switch (e) {
            case PathException lower -> new PathException(segment + lower.path, lower.problem, lower.origin);
            default -> new PathException(segment, String.valueOf(e.getMessage()), e);
        };
    }

    public BadArgument toBadArgument() {
        return new BadArgument(EtfErrors.located(path, problem), origin);
    }
}
