package dev.pier.erlang.node;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/// The EPMD that a node uses.
///
/// @param register whether the node registers its name with the EPMD of its own host, so that other nodes find it
/// @param address the host and port of that EPMD; the EPMDs of other hosts are asked at the same port
/// @param readTimeout how long an answer may take
public record EpmdSettings(boolean register, InetSocketAddress address, Duration readTimeout) {
    /// EPMD's registered port.
    public static final int DEFAULT_PORT = 4369;

    /// Registers with the EPMD at port 4369 of the loopback address; 5 s for an answer.
    public static final EpmdSettings DEFAULT = new EpmdSettings(
            true, new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT), Duration.ofSeconds(5));

    public EpmdSettings {
        if (!readTimeout.isPositive()) {
            throw new IllegalArgumentException("EPMD's read timeout must be above zero, not " + readTimeout);
        }
    }

    public EpmdSettings withPort(int port) {
        return new EpmdSettings(register, new InetSocketAddress(address.getAddress(), port), readTimeout);
    }

    public EpmdSettings withRegister(boolean registered) {
        return new EpmdSettings(registered, address, readTimeout);
    }
}
