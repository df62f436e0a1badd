package dev.pier.erlang.jackson;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamContext;

/// One level of nesting. Each level keeps one child and uses it again for the next container of that depth. For one
/// thread.
///
/// @param <C> the context's own class
abstract class EtfContext<C extends EtfContext<C>> extends TokenStreamContext {
    final @Nullable C parent;

    @Nullable
    C child;

    /// The name of the current member.
    @Nullable
    String name;

    @Nullable
    Object value;

    EtfContext(@Nullable C parent) {
        super(TYPE_ROOT, -1);
        this.parent = parent;
        _nestingDepth = parent == null ? 0 : parent.getNestingDepth() + 1;
    }

    @Override
    public final @Nullable TokenStreamContext getParent() {
        return parent;
    }

    @Override
    public final @Nullable String currentName() {
        return name;
    }

    @Override
    public final boolean hasCurrentName() {
        return name != null;
    }

    @Override
    public final @Nullable Object currentValue() {
        return value;
    }

    @Override
    public final void assignCurrentValue(@Nullable Object newValue) {
        value = newValue;
    }
}
