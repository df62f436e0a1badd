package dev.pier.erlang.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A rule of the distribution protocol, on the test that shows that Pier follows it. `docs/conformance.md` lists these
/// rules and those of `SignalTable`; `ConformancePageTest` compares the page with both.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Says.All.class)
public @interface Says {
    /// The section, as the document calls it.
    Section in();

    /// The rule, paraphrased; no quotation.
    String value();

    /// Several of them.
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface All {
        Says[] value();
    }
}
