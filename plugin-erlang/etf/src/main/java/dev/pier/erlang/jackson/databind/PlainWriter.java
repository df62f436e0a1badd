package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Charlist;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.JsonReader;
import dev.pier.erlang.etf.MapKeys;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.internal.EncodedArgument;
import dev.pier.erlang.jackson.Charlists;
import dev.pier.erlang.jackson.EtfErrors;
import dev.pier.erlang.jackson.EtfGenerator;
import dev.pier.erlang.jackson.PathException;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.TermSource;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;

/// Writes one value: directly if it needs no reflection, else through Jackson. For one thread and one call.
///
/// Most arguments are a few strings, numbers and atoms, for which Jackson's contexts cost more than the encoding.
final class PlainWriter {
    private final EtfMapper mapper;
    private final EtfOutput out;
    private final Atom nullAtom;
    private final int maxDepth;
    private @Nullable EtfGenerator generator;
    private int depth;

    PlainWriter(EtfMapper mapper, EtfOutput out) {
        this.mapper = mapper;
        this.out = out;
        this.nullAtom = mapper.tokenStreamFactory().nullAtom();
        this.maxDepth = mapper.tokenStreamFactory().streamWriteConstraints().getMaxNestingDepth();
    }

    /// @throws BadArgument with the path to the value that has no Erlang form
    void writeWhole(@Nullable Object value) {
        try {
            write(value);
        } catch (PathException e) {
            throw e.toBadArgument();
        }
    }

    private void write(@Nullable Object value) {
        switch (value) {
            case null -> TermEncoder.encodeAtom(nullAtom, out);
            case String text -> TermEncoder.encodeBinary(text, out);
            case Term term -> TermEncoder.encode(term, out);
            case Integer number -> TermEncoder.encodeLong(number, out);
            case Long number -> TermEncoder.encodeLong(number, out);
            case Double number -> TermEncoder.encodeDouble(number, out);
            case Boolean bool -> TermEncoder.encodeAtom(Atom.of(bool), out);
            case byte[] bytes -> TermEncoder.encodeBinary(bytes, out);
            case BigInteger number -> TermEncoder.encodeBigInteger(number, out);
            case Charlist charlist -> Charlists.encode(charlist.text(), out);
            case EncodedArgument encoded -> out.write(encoded.bytes(), 0, encoded.length());
            case TermSource source -> TermEncoder.encode(source.toTerm(), out);
            case JsonText json -> JsonReader.read(json.utf8(), json.limits(), nullAtom, out);
            case Optional<?> optional -> write(optional.orElse(null));
            case List<?> list when isPlain(list) -> writeList(list);
            case Map<?, ?> map when isPlain(map) -> writeMap(map);
            default -> writeOther(value);
        }
    }

    /// Java's own collections; others may carry annotations.
    private static boolean isPlain(Object collection) {
        return collection.getClass().getClassLoader() == null;
    }

    private void writeList(List<?> list) {
        if (list.isEmpty()) {
            TermEncoder.encodeNil(out);
            return;
        }
        enter();
        int head = out.size();
        out.write1(Tag.LIST);
        out.write4(0);
        int count = 0;
        for (Object element : list) {
            try {
                write(element);
            } catch (BadArgument | PathException e) {
                throw PathException.below("[" + count + "]", e);
            }
            count++;
        }
        // Counts the elements rather than asking for the size, because another thread may change the list
        // meanwhile.
        if (count == 0) {
            out.truncate(head);
        } else {
            out.set4(head + 1, count);
        }
        TermEncoder.encodeNil(out);
        depth--;
    }

    private void writeMap(Map<?, ?> map) {
        enter();
        int head = out.size();
        TermEncoder.encodeMapHeader(0, out);
        MapKeys keys = new MapKeys();
        keys.begin(map);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String)) {
                keys.mayRepeat();
            }
            int start = out.size();
            if (entry.getKey() == null) {
                throw new BadArgument("a key of the map is null");
            }
            try {
                write(entry.getKey());
                keys.add(start, out.size());
                write(entry.getValue());
            } catch (BadArgument | PathException e) {
                throw PathException.below("." + EtfErrors.key(String.valueOf(entry.getKey())), e);
            }
        }
        if (keys.hasRepetition(out.array())) {
            throw new BadArgument("a key of the map is repeated");
        }
        out.set4(head + 1, keys.count());
        depth--;
    }

    private void enter() {
        if (++depth > maxDepth) {
            throw new BadArgument("nested deeper than " + maxDepth + ", or a cycle");
        }
    }

    private void writeOther(Object value) {
        EtfGenerator target = generator;
        if (target == null) {
            target = mapper.tokenStreamFactory().createGenerator(ObjectWriteContext.empty(), out);
            generator = target;
        } else {
            target.restart();
        }
        mapper.writeInto(target, value);
    }
}
