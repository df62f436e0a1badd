package dev.pier.erlang.node;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.JsonLimits;

/// How values become terms and terms become JSON, where there is more than one way.
///
/// @param nullAtom the atom that `null` is written as
/// @param json how terms look as JSON
/// @param jsonLimits limits of JSON from clients
public record ValueSettings(Atom nullAtom, JsonOptions json, JsonLimits jsonLimits) {
    /// `null` as `undefined`, [JsonOptions#DEFAULT] and [JsonLimits#DEFAULT].
    public static final ValueSettings DEFAULT =
            new ValueSettings(Atom.of("undefined"), JsonOptions.DEFAULT, JsonLimits.DEFAULT);

    /// A new mapper. Each application needs one of its own, because a mapper keeps the classes that it has met.
    public ValueMapper newMapper(DecodeLimits limits) {
        EtfFactory factory =
                EtfFactory.builder().limits(limits).nullAtom(nullAtom).build();
        return new EtfValueMapper(EtfMapper.builder(factory).build(), json);
    }
}
