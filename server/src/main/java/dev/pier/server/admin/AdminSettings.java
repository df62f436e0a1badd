package dev.pier.server.admin;

import dev.pier.server.config.Section;

/// The section `admin { … }`: the admin port. It has no authentication, hence the loopback address.
///
/// @param port 0 for any free port
public record AdminSettings(String host, int port) {
    public static AdminSettings read(Section section) {
        return new AdminSettings(section.string("host", "127.0.0.1"), section.integer("port", 9990, 0, 65_535));
    }
}
