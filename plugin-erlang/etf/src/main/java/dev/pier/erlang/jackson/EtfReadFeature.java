package dev.pier.erlang.jackson;

import tools.jackson.core.FormatFeature;

/// Interpretations of terms that are ambiguous in Erlang, for [EtfParser].
public enum EtfReadFeature implements FormatFeature {
    /// A list of printable code points is read as a string, unless an array is requested. Default: enabled.
    ///
    /// If disabled, it is read as an array; a `String` property still accepts it.
    CHARLISTS_AS_TEXT(1, true),

    /// A list of pairs and atoms (`[{name,<<"x">>},active]`) is read as an object where an object is requested; the
    /// first of repeated keys is used, as in `proplists:get_value/2`. Default: enabled.
    PROPLISTS_AS_OBJECTS(2, true);

    private final int mask;
    private final boolean enabledByDefault;

    EtfReadFeature(int mask, boolean enabledByDefault) {
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
