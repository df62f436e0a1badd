package dev.pier.erlang.plugin;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.json.JsonOptions;
import dev.pier.erlang.term.Atom;
import dev.pier.server.config.Section;
import java.util.Locale;

/// How values become terms and terms become JSON, where there is more than one way: `erlang.null` and
/// `erlang.json { … }`.
///
/// @param nullAtom what `null` is written as
/// @param json how terms look as JSON
record ValueSettings(Atom nullAtom, JsonOptions json) {
    private enum Null {
        UNDEFINED,
        NIL,
        NULL
    }

    private enum Charlists {
        TEXT,
        ARRAY
    }

    private enum Proplists {
        ARRAY,
        OBJECT
    }

    static ValueSettings read(Section erlang) {
        Section json = erlang.section("json");
        return new ValueSettings(
                Atom.of(erlang.choice("null", Null.UNDEFINED).name().toLowerCase(Locale.ROOT)),
                new JsonOptions(
                        json.choice("binaries", JsonOptions.DEFAULT.binaries()),
                        json.choice("charlists", Charlists.TEXT) == Charlists.TEXT,
                        json.choice("proplists", Proplists.ARRAY) == Proplists.OBJECT));
    }

    /// A mapper of its own for one web application, since it keeps the classes that it has met.
    ValueMapper newMapper(DecodeLimits limits) {
        EtfFactory factory =
                EtfFactory.builder().limits(limits).nullAtom(nullAtom).build();
        return new EtfValueMapper(EtfMapper.builder(factory).build(), json);
    }
}
