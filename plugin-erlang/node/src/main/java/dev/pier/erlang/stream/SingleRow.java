package dev.pier.erlang.stream;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.call.ErpcResult;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.JsonSink;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The only row of a request, which has come with its end; or none. For the consumer's thread.
///
/// ```
/// {Tag, return, {row, Row}}
/// {Tag, return, ok}
/// ```
final class SingleRow implements StreamItems {
    private static final Atom ROW = Atom.of("row");

    private @Nullable EncodedTerm row;

    private SingleRow(@Nullable EncodedTerm row) {
        this.row = row;
    }

    /// @throws dev.pier.erlang.ErlangException if the function failed
    static SingleRow of(EncodedTerm answer, ErpcResult result, DecodeLimits limits) {
        EncodedTerm value = result.value(answer);
        EtfInput in = value.open(limits);
        if (in.peek1() != Tag.SMALL_TUPLE) {
            return new SingleRow(null);
        }
        if (TermDecoder.decodeTupleArity(in) != 2
                || !Tag.isAtom(in.peek1())
                || !TermDecoder.decodeAtom(in).equals(ROW)) {
            throw new MalformedTerm("the answer to a request is neither a row nor ok");
        }
        return new SingleRow(value.from(in));
    }

    @Override
    public boolean hasNext() {
        return row != null;
    }

    @Override
    public EncodedTerm next() {
        EncodedTerm only = Objects.requireNonNull(row);
        row = null;
        return only;
    }

    @Override
    public void writeNext(JsonSink sink) throws IOException {
        sink.write(next());
    }

    @Override
    public boolean await(Duration patience) {
        return true;
    }
}
