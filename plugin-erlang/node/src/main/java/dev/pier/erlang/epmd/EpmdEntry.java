package dev.pier.erlang.epmd;

import java.util.Optional;

/// What EPMD knows of a registered node.
///
/// @param highestVersion the newest distribution version that the node speaks; 6 since OTP 23
/// @param lowestVersion the oldest one
public record EpmdEntry(String alive, int port, Optional<NodeType> type, int highestVersion, int lowestVersion) {
    static final int OUR_VERSION = 6;

    /// Whether the node speaks the version that we speak.
    public boolean speaksOurVersion() {
        return lowestVersion <= OUR_VERSION && OUR_VERSION <= highestVersion;
    }
}
