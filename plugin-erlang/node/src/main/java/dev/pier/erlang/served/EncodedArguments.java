package dev.pier.erlang.served;

import dev.pier.erlang.Arguments;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Term;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The arguments of one served call, each encoded until it is used.
///
/// Threads: that of the call.
final class EncodedArguments implements Arguments {
    private final List<EncodedTerm> encoded;
    private final ValueMapper mapper;
    private final DecodeLimits limits;
    private final String caller;

    /// The last exception about an argument of an unexpected type.
    private @Nullable UnexpectedTerm lastMismatch;

    EncodedArguments(List<EncodedTerm> encoded, ValueMapper mapper, DecodeLimits limits, String caller) {
        this.encoded = encoded;
        this.mapper = mapper;
        this.limits = limits;
        this.caller = caller;
    }

    /// Splits a list into its elements without decoding them.
    ///
    /// @throws dev.pier.erlang.MalformedTerm if the next term is not a proper list
    static List<EncodedTerm> split(EncodedTerm list, EtfInput in) {
        // SPEC: erl_ext_dist STRING_EXT: the form of a list of bytes.
        if (in.peek1() == Tag.STRING) {
            return splitString(in);
        }
        int length = TermDecoder.decodeListLength(in);
        List<EncodedTerm> elements = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            elements.add(list.next(in));
        }
        if (length > 0) {
            TermDecoder.decodeListEnd(in);
        }
        return elements;
    }

    private static List<EncodedTerm> splitString(EtfInput in) {
        in.read1();
        int length = in.read2();
        List<EncodedTerm> elements = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            EtfOutput out = new EtfOutput(2);
            TermEncoder.encodeLong(in.read1(), out);
            elements.add(EncodedTerm.of(out.toByteArray()));
        }
        return elements;
    }

    @Nullable
    Object read(int index, Type type) {
        try {
            return mapper.read(encoded.get(index), type);
        } catch (UnexpectedTerm e) {
            throw mismatch(index, String.valueOf(e.getMessage()), e);
        }
    }

    private UnexpectedTerm mismatch(int index, String problem, @Nullable Throwable cause) {
        lastMismatch = new UnexpectedTerm("argument " + (index + 1) + ": " + problem, cause);
        return lastMismatch;
    }

    /// Whether that exception is about an argument of this call. One of a nested call may look equal.
    @SuppressWarnings("ReferenceEquality")
    boolean isMismatch(Throwable thrown) {
        return thrown == lastMismatch;
    }

    @Override
    public int count() {
        return encoded.size();
    }

    /// The unchecked cast allows `as(0, long.class)`, which `Class.cast` does not.
    @Override
    @SuppressWarnings("unchecked")
    public <T> T as(int index, Class<T> type) {
        T value = (T) read(index, type);
        if (value == null) {
            throw mismatch(index, "expected " + type.getSimpleName() + ", got " + term(index), null);
        }
        return value;
    }

    @Override
    public Term term(int index) {
        return encoded.get(index).decode(limits);
    }

    @Override
    public List<Term> terms() {
        return encoded.stream().map(term -> term.decode(limits)).toList();
    }

    @Override
    public String caller() {
        return caller;
    }
}
