package dev.pier.erlang.epmd;

import java.util.Optional;

/// A registered node, as EPMD describes it.
///
/// @param highestVersion the highest distribution version of the node; 6 since OTP 23
/// @param lowestVersion the lowest one; 5 for nodes of Debian's OTP 25
public record EpmdEntry(String alive, int port, Optional<NodeType> type, int highestVersion, int lowestVersion) {
    static final int OUR_VERSION = 6;

    /// Whether this node and the registered one have a distribution version in common.
    public boolean speaksOurVersion() {
        return lowestVersion <= OUR_VERSION && OUR_VERSION <= highestVersion;
    }
}
