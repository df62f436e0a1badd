package dev.pier.erlang.term;

import dev.pier.erlang.internal.TermCodec;
import java.util.Iterator;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Finds the codec of terms, once. It is looked for where this class comes from, because the thread of a web
/// application has the class loader of that application.
final class TermCodecs {
    private static final @Nullable TermCodec<Term> FOUND = find();

    private TermCodecs() {}

    @SuppressWarnings("unchecked") // The parameter is always Term.
    private static @Nullable TermCodec<Term> find() {
        Iterator<TermCodec<?>> codecs = (Iterator<TermCodec<?>>)
                (Iterator<?>) ServiceLoader.load(TermCodec.class, TermCodecs.class.getClassLoader())
                        .iterator();
        return codecs.hasNext() ? (TermCodec<Term>) codecs.next() : null;
    }

    static TermCodec<Term> get() {
        if (FOUND == null) {
            throw new IllegalStateException("no codec for terms: add pier-etf to the class path");
        }
        return FOUND;
    }
}
