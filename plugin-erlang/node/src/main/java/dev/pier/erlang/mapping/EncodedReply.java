package dev.pier.erlang.mapping;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A reply that is decoded each time it is read. Immutable; safe for many threads.
///
/// Its decoding errors say that the function may have run: the answer came.
public final class EncodedReply implements Reply {
    private static final int MIN_TIMED_BYTES = 64 << 10;

    private final EncodedTerm value;
    private final ValueMapper mapper;
    private final DecodeLimits limits;
    /// How long each reading may take; `null` for any time.
    private final @Nullable Duration timeout;

    public EncodedReply(EncodedTerm value, ValueMapper mapper, DecodeLimits limits) {
        this(value, mapper, limits, null);
    }

    /// @param timeout how long each reading as a value may take
    public EncodedReply(EncodedTerm value, ValueMapper mapper, DecodeLimits limits, @Nullable Duration timeout) {
        this.value = value;
        this.mapper = mapper;
        this.limits = limits;
        this.timeout = timeout;
    }

    /// The answer with a deadline for its decoding. Small ones, which are most, need none.
    private EncodedTerm timed() {
        if (timeout == null || value.length() < MIN_TIMED_BYTES) {
            return value;
        }
        Duration most = timeout;
        long deadline = System.nanoTime() + most.toNanos();
        return value.withCheckpoint(() -> {
            if (System.nanoTime() - deadline > 0) {
                throw new CallTimeout("reading an answer of " + value.length() + " bytes took more than "
                        + most.toMillis() + " ms, the timeout of its call");
            }
        });
    }

    @Override
    public Term term() {
        try {
            return timed().decode(limits);
        } catch (MalformedTerm e) {
            throw AnswerErrors.inAnswer(e);
        }
    }

    @Override
    public <T> T as(Class<T> type) {
        T result = read(type);
        if (result == null) {
            throw unexpected(type.getSimpleName());
        }
        return result;
    }

    @Override
    public <T> T as(TypeReference<T> type) {
        T result = read(type.type());
        if (result == null) {
            throw unexpected(type.toString());
        }
        return result;
    }

    @Override
    public <T> Optional<T> asOptional(Class<T> type) {
        return Optional.ofNullable(read(type));
    }

    /// Unchecked, because `Class.cast` does not support primitive types, and applications call
    /// `as(long.class)`.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // The type says what T is.
    private <T> @Nullable T read(Type type) {
        try {
            return (T) mapper.read(timed(), type);
        } catch (MalformedTerm | UnexpectedTerm e) {
            throw AnswerErrors.inAnswer(e);
        }
    }

    private UnexpectedTerm unexpected(String expected) {
        return UnexpectedTerm.inAnswer("expected " + expected + ", got " + Excerpt.of(term()));
    }

    @Override
    public Reply ok() {
        try {
            return unwrapped();
        } catch (MalformedTerm e) {
            throw AnswerErrors.inAnswer(e);
        }
    }

    private Reply unwrapped() {
        EtfInput in = value.open(limits);
        boolean tuple = in.peek1() == Tag.SMALL_TUPLE;
        if ((tuple && TermDecoder.decodeTupleArity(in) != 2) || !Tag.isAtom(in.peek1())) {
            throw unexpected("{ok,_} or {error,_}");
        }
        Atom word = TermDecoder.decodeAtom(in);
        if (word.equals(Atom.OK)) {
            return tuple ? new EncodedReply(value.from(in), mapper, limits, timeout) : this;
        }
        if (word.equals(Atom.ERROR)) {
            Term reason = tuple ? value.from(in).decode(limits) : word;
            throw new ReturnedError("expected {ok,_}, got " + Excerpt.of(term()), reason);
        }
        throw unexpected("{ok,_} or {error,_}");
    }

    @Override
    public void writeJson(OutputStream out) throws IOException {
        try {
            mapper.writeJson(value, out);
        } catch (MalformedTerm | UnexpectedTerm e) {
            throw AnswerErrors.inAnswer(e);
        }
    }

    @Override
    public String toString() {
        return "Reply[" + value.length() + " bytes]";
    }
}
