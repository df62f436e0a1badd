package dev.pier.erlang.dist;

/// How frames begin: one format for both directions of a connection. SEEN: OTP 25 and 27: a peer closes the connection
/// for a frame of the other format.
public enum FrameFormat {
    /// `112, 131, control, 131, payload`
    PASS_THROUGH,
    /// `131, 68 | 69 | 70, atoms, control, payload`
    HEADER
}
