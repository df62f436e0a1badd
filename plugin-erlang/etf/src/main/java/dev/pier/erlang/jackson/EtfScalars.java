package dev.pier.erlang.jackson;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.term.Term;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.base.ParserMinimalBase;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.io.IOContext;

/// The part of [EtfParser] that holds the value of the current token and converts it on request. For one thread.
abstract class EtfScalars extends ParserMinimalBase {
    /// The Erlang type of the current value, which its token does not determine.
    enum Kind {
        NONE,
        ATOM,
        BINARY,
        /// A list of printable bytes.
        BYTES,
        /// A list of printable code points.
        CHARLIST,
        INTEGER,
        BIG,
        FLOAT,
        TERM,
        /// An element of a list of bytes, or the value of a bare atom in a proplist. It has no bytes of
        /// its own.
        IMPLIED
    }

    final EtfInput in;
    /// Where the term of the current token begins.
    int start;
    Kind kind = Kind.NONE;
    /// Where the bytes of a text begin, or the elements of a list that is a text.
    int from;
    int length;
    boolean ascii;
    long integer;
    double floating;

    @Nullable
    String text;

    @Nullable
    BigInteger big;

    @Nullable
    Term term;

    EtfScalars(ObjectReadContext readContext, IOContext ioContext, int features, EtfInput in) {
        super(readContext, ioContext, features);
        this.in = in;
    }

    /// Describes the current value for a message.
    public String summary() {
        if (kind == Kind.IMPLIED) {
            return lastToken() == JsonToken.VALUE_TRUE ? "atom true" : "integer " + integer;
        }
        int position = in.position();
        in.seek(start);
        String summary = TermSummary.of(in);
        in.seek(position);
        return summary;
    }

    /// The current token, or the last one before the parser was closed, because messages are made after that.
    @Nullable
    JsonToken lastToken() {
        return _currToken == null ? _lastClearedToken : _currToken;
    }

    @Override
    public void close() {
        if (_currToken != null) {
            _lastClearedToken = _currToken;
        }
        super.close();
    }

    // Text and bytes

    @Override
    public @Nullable String getString() {
        if (_currToken == JsonToken.PROPERTY_NAME) {
            return currentName();
        }
        if (text == null) {
            text = switch (kind) {
                case BINARY ->
                    new String(in.bytes(), from, length, ascii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
                case BYTES -> new String(in.bytes(), from, length, StandardCharsets.ISO_8859_1);
                case INTEGER, BIG -> getNumberValue().toString();
                case FLOAT -> Double.toString(floating);
                case IMPLIED -> _currToken == JsonToken.VALUE_TRUE ? "true" : Long.toString(integer);
                case TERM -> String.valueOf(term);
                case ATOM, CHARLIST, NONE -> _currToken == null ? null : _currToken.asString();
            };
        }
        return text;
    }

    @Override
    public char[] getStringCharacters() {
        String string = getString();
        return string == null ? new char[0] : string.toCharArray();
    }

    @Override
    public int getStringLength() {
        String string = getString();
        return string == null ? 0 : string.length();
    }

    @Override
    public int getStringOffset() {
        return 0;
    }

    @Override
    public boolean hasStringCharacters() {
        return false;
    }

    /// The bytes of a binary, or of a list of bytes that is text. The variant is ignored, because nothing is in
    /// Base64.
    @Override
    public byte[] getBinaryValue(Base64Variant variant) {
        return switch (kind) {
            case BINARY, BYTES -> Arrays.copyOfRange(in.bytes(), from, from + length);
            default -> throw new UnexpectedTerm("expected binary, got " + summary());
        };
    }

    @Override
    public @Nullable Object getEmbeddedObject() {
        if (_currToken != JsonToken.VALUE_EMBEDDED_OBJECT) {
            return null;
        }
        return kind == Kind.BINARY ? Arrays.copyOfRange(in.bytes(), from, from + length) : term;
    }

    // Numbers

    @Override
    public Number getNumberValue() {
        return switch (getNumberType()) {
            case INT -> (int) integer;
            case LONG -> integer;
            case BIG_INTEGER -> Objects.requireNonNull(big);
            default -> floating;
        };
    }

    @Override
    public NumberType getNumberType() {
        return switch (kind) {
            case INTEGER, IMPLIED -> integer == (int) integer ? NumberType.INT : NumberType.LONG;
            case BIG -> NumberType.BIG_INTEGER;
            case FLOAT -> NumberType.DOUBLE;
            default -> throw noNumber();
        };
    }

    private InputCoercionException noNumber() {
        return _constructNotNumericType(_currToken, 0);
    }

    @Override
    public NumberTypeFP getNumberTypeFP() {
        return kind == Kind.FLOAT ? NumberTypeFP.DOUBLE64 : NumberTypeFP.UNKNOWN;
    }

    @Override
    public boolean isNaN() {
        return false;
    }

    @Override
    public int getIntValue() {
        long value = getLongValue();
        if (value != (int) value) {
            _reportOverflowInt(Long.toString(value));
        }
        return (int) value;
    }

    @Override
    public long getLongValue() {
        switch (kind) {
            case INTEGER, IMPLIED -> {
                return integer;
            }
            case BIG -> _reportOverflowLong(String.valueOf(big), _currToken);
            case FLOAT -> {
                if (floating < MIN_LONG_D || floating > MAX_LONG_D) {
                    _reportOverflowLong(Double.toString(floating), _currToken);
                }
            }
            default -> throw noNumber();
        }
        return (long) floating;
    }

    @Override
    public BigInteger getBigIntegerValue() {
        return switch (kind) {
            case INTEGER, IMPLIED -> BigInteger.valueOf(integer);
            case BIG -> Objects.requireNonNull(big);
            case FLOAT -> BigDecimal.valueOf(floating).toBigInteger();
            default -> throw noNumber();
        };
    }

    @Override
    public float getFloatValue() {
        return (float) getDoubleValue();
    }

    @Override
    public double getDoubleValue() {
        return switch (kind) {
            case FLOAT -> floating;
            case INTEGER, IMPLIED -> integer;
            case BIG -> Objects.requireNonNull(big).doubleValue();
            default -> throw noNumber();
        };
    }

    @Override
    public BigDecimal getDecimalValue() {
        return switch (kind) {
            case INTEGER, IMPLIED -> BigDecimal.valueOf(integer);
            case BIG -> new BigDecimal(Objects.requireNonNull(big));
            case FLOAT -> BigDecimal.valueOf(floating);
            default -> throw noNumber();
        };
    }
}
