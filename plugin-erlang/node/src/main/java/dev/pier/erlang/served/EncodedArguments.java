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

/// The arguments of one call, each still encoded. For the thread of the call.
final class EncodedArguments implements Arguments {
    private final List<EncodedTerm> encoded;
    private final ValueMapper mapper;
    private final DecodeLimits limits;
    private final String caller;

    /// What was thrown last because an argument did not fit.
    private @Nullable UnexpectedTerm misfit;

    EncodedArguments(List<EncodedTerm> encoded, ValueMapper mapper, DecodeLimits limits, String caller) {
        this.encoded = encoded;
        this.mapper = mapper;
        this.limits = limits;
        this.caller = caller;
    }

    /// Cuts a list into its elements without decoding them.
    ///
    /// @throws MalformedTerm if what comes next is no proper list
    static List<EncodedTerm> split(EncodedTerm list, EtfInput in) {
        // SPEC: erl_ext_dist, STRING_EXT: a list of nothing but bytes.
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
            throw misfit(index, String.valueOf(e.getMessage()), e);
        }
    }

    private UnexpectedTerm misfit(int index, String why, @Nullable Throwable cause) {
        misfit = new UnexpectedTerm("argument " + (index + 1) + ": " + why, cause);
        return misfit;
    }

    /// Whether that says that an argument of this call did not fit.
    @SuppressWarnings("ReferenceEquality") // What another call has thrown may say the same.
    boolean isMisfit(Throwable thrown) {
        return thrown == misfit;
    }

    @Override
    public int count() {
        return encoded.size();
    }

    /// `Class.cast` knows nothing of primitives, and `as(0, long.class)` is what one writes.
    @Override
    @SuppressWarnings("unchecked")
    public <T> T as(int index, Class<T> type) {
        T value = (T) read(index, type);
        if (value == null) {
            throw misfit(index, "expected " + type.getSimpleName() + ", got " + term(index), null);
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
