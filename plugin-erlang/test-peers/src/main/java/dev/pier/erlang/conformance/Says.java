package dev.pier.erlang.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What the protocol document says, on the test that shows that Pier does so. The page `docs/conformance.md` lists
/// these, and what `SignalTable` has; `ConformancePageTest` keeps the page true.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Says.All.class)
public @interface Says {
    /// The section, as the document calls it.
    Section in();

    /// The sentence, or its sense.
    String value();

    /// Several of them.
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface All {
        Says[] value();
    }
}
