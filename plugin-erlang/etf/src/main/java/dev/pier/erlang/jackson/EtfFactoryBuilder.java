package dev.pier.erlang.jackson;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.term.Atom;
import java.util.Objects;
import java.util.Set;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.base.DecorableTSFactory.DecorableTSFBuilder;

/// Builds an [EtfFactory]. For one thread.
public final class EtfFactoryBuilder extends DecorableTSFBuilder<EtfFactory, EtfFactoryBuilder> {
    private static final Set<Atom> NULLS = Set.of(Atom.UNDEFINED, Atom.of("nil"), Atom.of("null"));

    private Atom nullAtom = Atom.UNDEFINED;
    private DecodeLimits limits = DecodeLimits.DEFAULT;

    EtfFactoryBuilder() {
        super(
                StreamReadConstraints.defaults(),
                StreamWriteConstraints.defaults(),
                ErrorReportConfiguration.defaults(),
                FormatFlags.defaults(EtfReadFeature.values()),
                FormatFlags.defaults(EtfWriteFeature.values()));
    }

    EtfFactoryBuilder(EtfFactory base) {
        super(base);
        nullAtom = base.nullAtom();
        limits = base.limits();
    }

    /// Sets the atom that `null` is written as: `undefined` (the default), `nil` or `null`. All three are read as
    /// `null`.
    public EtfFactoryBuilder nullAtom(Atom atom) {
        if (!NULLS.contains(Objects.requireNonNull(atom))) {
            throw new IllegalArgumentException("null must be written as undefined, nil or null, not as " + atom.name());
        }
        nullAtom = atom;
        return this;
    }

    /// Sets the limits of reading. Nesting is also limited by [StreamReadConstraints#getMaxNestingDepth()] (500),
    /// because reading into classes takes stack.
    public EtfFactoryBuilder limits(DecodeLimits newLimits) {
        limits = Objects.requireNonNull(newLimits);
        return this;
    }

    public EtfFactoryBuilder configure(EtfReadFeature feature, boolean enabled) {
        _formatReadFeatures = FormatFlags.with(_formatReadFeatures, feature, enabled);
        return this;
    }

    public EtfFactoryBuilder configure(EtfWriteFeature feature, boolean enabled) {
        _formatWriteFeatures = FormatFlags.with(_formatWriteFeatures, feature, enabled);
        return this;
    }

    public EtfFactoryBuilder enable(EtfReadFeature feature) {
        return configure(feature, true);
    }

    public EtfFactoryBuilder disable(EtfReadFeature feature) {
        return configure(feature, false);
    }

    public EtfFactoryBuilder enable(EtfWriteFeature feature) {
        return configure(feature, true);
    }

    public EtfFactoryBuilder disable(EtfWriteFeature feature) {
        return configure(feature, false);
    }

    Atom nullAtom() {
        return nullAtom;
    }

    DecodeLimits limits() {
        return limits;
    }

    @Override
    public EtfFactory build() {
        return new EtfFactory(this);
    }
}
