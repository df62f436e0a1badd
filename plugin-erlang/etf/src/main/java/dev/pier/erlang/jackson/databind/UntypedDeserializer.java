package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;

/// Reads a term into the nearest Java value where an `Object` is requested.
///
/// A list is always a `List`, even if it could be a charlist: the type of a value must not depend on whether its
/// numbers happen to be printable. Atoms stay [Atom]s, so that `ok` and `<<"ok">>` differ.
final class UntypedDeserializer extends StdDeserializer<Object> {
    UntypedDeserializer() {
        super(Object.class);
    }

    @Override
    public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
        return value(p);
    }

    @Override
    public @Nullable Object deserializeWithType(JsonParser p, DeserializationContext context, TypeDeserializer typer) {
        return deserialize(p, context);
    }

    /// Recursive: the parser limits the nesting to some hundred levels.
    private static @Nullable Object value(JsonParser p) {
        if (p instanceof EtfParser etf && etf.isExpectedStartRecord()) {
            return map(etf);
        }
        if (p.isExpectedStartArrayToken()) {
            return list(p);
        }
        return switch (p.currentToken()) {
            case START_OBJECT -> map(p);
            case VALUE_STRING -> {
                String text = Objects.requireNonNull(p.getString());
                yield p instanceof EtfParser etf && etf.isAtom() ? (Object) Atom.of(text) : (Object) text;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> p.getNumberValue();
            case VALUE_EMBEDDED_OBJECT -> p.getEmbeddedObject();
            default -> null;
        };
    }

    private static Object list(JsonParser p) {
        List<@Nullable Object> list = new ArrayList<>();
        while (true) {
            if (p instanceof EtfParser etf && etf.isImproperTail()) {
                return etf.readWholeList();
            }
            if (p.nextToken() == JsonToken.END_ARRAY) {
                return list;
            }
            list.add(value(p));
        }
    }

    private static Object map(JsonParser p) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        String name = p.nextName();
        while (name != null) {
            Object key = p instanceof EtfParser etf ? key(etf, name) : name;
            if (map.containsKey(key)) {
                throw new UnexpectedTerm("the key " + key + " is repeated by different terms: read the map as a Term");
            }
            p.nextToken();
            map.put(key, value(p));
            name = p.nextName();
        }
        return map;
    }

    /// Text keys become strings whatever their Erlang type; integers become numbers; other keys stay terms.
    static Object key(EtfParser p, String name) {
        return switch (p.readKey()) {
            case Atom atom -> atom.name();
            case Binary binary -> binary.utf8().isPresent() ? name : binary;
            case IntegerTerm(long value) -> value == (int) value ? (Object) (int) value : (Object) value;
            case ListTerm list -> isText(list, name) ? name : list;
            case Term other -> other;
        };
    }

    private static boolean isText(ListTerm list, String name) {
        return !list.elements().isEmpty()
                && list.elements().size() == name.codePointCount(0, name.length())
                && list.elements().getFirst() instanceof IntegerTerm(long first)
                && first == name.codePointAt(0);
    }
}
