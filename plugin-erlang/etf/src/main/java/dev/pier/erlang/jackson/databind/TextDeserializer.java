package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.Charlist;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.Chardata;
import dev.pier.erlang.jackson.EtfParser;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/// Reads text: a binary, a charlist, other chardata or an atom, but not a number.
final class TextDeserializer extends StdScalarDeserializer<String> {
    static final TextDeserializer TEXT = new TextDeserializer();

    private TextDeserializer() {
        super(String.class);
    }

    @Override
    public @Nullable String deserialize(JsonParser p, DeserializationContext context) {
        if (p.hasToken(JsonToken.VALUE_STRING)) {
            return p.getString();
        }
        if (p instanceof EtfParser etf) {
            if (etf.isAtom()) {
                return etf.getString();
            }
            if (etf.isBinary()) {
                throw new UnexpectedTerm("expected text in UTF-8, got " + etf.summary());
            }
            String charlist = p.hasToken(JsonToken.START_ARRAY) ? etf.readCharlist() : null;
            if (charlist != null) {
                return charlist;
            }
            if (etf.isList()) {
                return chardata(etf);
            }
        }
        return (String) context.handleUnexpectedToken(context.constructType(String.class), p);
    }

    private static String chardata(EtfParser p) {
        String text = Chardata.text(p.readTerm());
        if (text == null) {
            throw new UnexpectedTerm("expected binary, got " + p.summary());
        }
        return text;
    }

    /// Reads a [Charlist] from the same terms.
    static final class OfCharlist extends StdScalarDeserializer<Charlist> {
        OfCharlist() {
            super(Charlist.class);
        }

        @Override
        public @Nullable Charlist deserialize(JsonParser p, DeserializationContext context) {
            String text = TEXT.deserialize(p, context);
            return text == null ? null : Charlist.of(text);
        }
    }
}
