package dev.pier.erlang.jackson;

import tools.jackson.core.FormatFeature;

/// Sets of format features as Jackson keeps them, a bit for each. Pure.
public final class FormatFlags {
    private FormatFlags() {}

    static int defaults(FormatFeature[] features) {
        int flags = 0;
        for (FormatFeature feature : features) {
            flags = with(flags, feature, feature.enabledByDefault());
        }
        return flags;
    }

    public static int with(int flags, FormatFeature feature, boolean enabled) {
        return enabled ? flags | feature.getMask() : flags & ~feature.getMask();
    }
}
