package dev.pier.erlang.jackson;

import tools.jackson.core.FormatFeature;

/// What [EtfParser] may take for something else, where Erlang itself does not say which is meant.
public enum EtfReadFeature implements FormatFeature {
    /// A list of printable code points comes as a string, unless an array is asked for. Default: enabled.
    ///
    /// Off, it comes as an array; a `String` property still reads it.
    CHARLISTS_AS_TEXT(1, true),

    /// A list of pairs and atoms (`[{name,<<"x">>},active]`) comes as an object where an object is asked for; of a
    /// key that comes twice the first counts, as in `proplists:get_value/2`. Default: enabled.
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
