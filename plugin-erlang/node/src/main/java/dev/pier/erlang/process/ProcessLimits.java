package dev.pier.erlang.process;

/// The limits for links and incoming monitors of this node's processes.
///
/// @param links the maximum of links of one process
/// @param monitors the maximum of monitors of one peer on processes of this node
public record ProcessLimits(int links, int monitors) {
    public static final ProcessLimits DEFAULT = new ProcessLimits(100_000, 1_000_000);

    public ProcessLimits {
        if (links < 1 || monitors < 1) {
            throw new IllegalArgumentException("not positive: links " + links + ", monitors " + monitors);
        }
    }
}
