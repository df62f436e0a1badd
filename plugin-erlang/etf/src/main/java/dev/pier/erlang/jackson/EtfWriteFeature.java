package dev.pier.erlang.jackson;

import tools.jackson.core.FormatFeature;

/// Options of [EtfGenerator].
public enum EtfWriteFeature implements FormatFeature {
    /// The term begins with 131, as `binary_to_term/1` requires. Default: enabled.
    VERSION_BYTE(1, true),

    /// A list of integers from 0 to 255 is written with one byte per element, as Erlang does. Default: enabled.
    COMPACT_BYTE_LISTS(2, true);

    private final int mask;
    private final boolean enabledByDefault;

    EtfWriteFeature(int mask, boolean enabledByDefault) {
        this.mask = mask;
        this.enabledByDefault = enabledByDefault;
    }

    @Override
    public boolean enabledByDefault() {
        return enabledByDefault;
    }

    @Override
    public int getMask() {
        return mask;
    }

    @Override
    public boolean enabledIn(int flags) {
        return (flags & mask) != 0;
    }
}
