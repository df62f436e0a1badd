package dev.pier.erlang.dist;

/// How frames begin. Decided once for both directions of a connection: a peer closes it over the other kind.
public enum FrameFormat {
    /// `112, 131, control, 131, payload`
    PASS_THROUGH,
    /// `131, 68 | 69 | 70, atoms, control, payload`
    HEADER
}
