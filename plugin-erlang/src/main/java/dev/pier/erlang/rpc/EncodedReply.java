package dev.pier.erlang.rpc;

import dev.pier.erlang.Reply;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A reply that decodes when it is asked.
public final class EncodedReply implements Reply {
    private final EncodedTerm value;
    private final ValueMapper mapper;
    private final DecodeLimits limits;

    public EncodedReply(EncodedTerm value, ValueMapper mapper, DecodeLimits limits) {
        this.value = value;
        this.mapper = mapper;
        this.limits = limits;
    }

    @Override
    public Term term() {
        return value.decode(limits);
    }

    @Override
    public <T> T as(Class<T> type) {
        T result = read(type);
        if (result == null) {
            throw new UnexpectedTerm("expected " + type.getSimpleName() + ", got " + Excerpt.of(term()));
        }
        return result;
    }

    @Override
    public <T> Optional<T> asOptional(Class<T> type) {
        return Optional.ofNullable(read(type));
    }

    /// `Class.cast` knows nothing of primitives, and `as(long.class)` is what one writes.
    @SuppressWarnings("unchecked")
    private <T> @Nullable T read(Class<T> type) {
        return (T) mapper.read(value, type);
    }

    @Override
    public void writeJson(OutputStream out) throws IOException {
        mapper.writeJson(value, out);
    }

    @Override
    public String toString() {
        return "Reply[" + value.length() + " bytes]";
    }
}
