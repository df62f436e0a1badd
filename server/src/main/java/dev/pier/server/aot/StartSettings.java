package dev.pier.server.aot;

import dev.pier.server.config.Section;

/// The section `start { … }`.
///
/// @param aot whether a server without an AOT cache creates one
public record StartSettings(Aot aot) {
    /// When an AOT cache is created.
    public enum Aot {
        /// In the background, by a server that has none.
        AUTO,

        /// Only by `bin/pier aot`.
        OFF
    }

    public static StartSettings read(Section section) {
        return new StartSettings(section.choice("aot", Aot.AUTO));
    }
}
