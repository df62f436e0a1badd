package dev.pier.erlang.process;

/// How much others may tie to processes of this node.
///
/// @param links how many links one process may have
/// @param monitors how many monitors one peer may have on processes of this node
public record ProcessLimits(int links, int monitors) {
    public static final ProcessLimits DEFAULT = new ProcessLimits(100_000, 1_000_000);

    public ProcessLimits {
        if (links < 1 || monitors < 1) {
            throw new IllegalArgumentException("limits are above zero");
        }
    }
}
