package dev.pier.server.admin;

import dev.pier.server.config.Section;

/// `admin { … }`: the operator's port. It asks nobody who they are, hence the loopback address.
public record AdminSettings(String host, int port) {
    public static AdminSettings read(Section section) {
        return new AdminSettings(section.string("host", "127.0.0.1"), section.integer("port", 9990, 0, 65_535));
    }
}
