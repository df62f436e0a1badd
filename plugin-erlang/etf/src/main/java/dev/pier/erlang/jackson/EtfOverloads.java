package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.Base64Variant;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.Version;
import tools.jackson.core.base.GeneratorBase;
import tools.jackson.core.io.IOContext;

/// The methods of [EtfGenerator] that only call another one. For one thread.
abstract class EtfOverloads extends GeneratorBase {
    EtfOverloads(ObjectWriteContext writeContext, IOContext ioContext, int features) {
        super(writeContext, ioContext, features);
    }

    @Override
    public JsonGenerator writeStartArray() {
        return writeStartArray(null);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object forValue) {
        return writeStartArray(forValue, 0);
    }

    @Override
    public JsonGenerator writeStartObject() {
        return writeStartObject(null);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object forValue, int size) {
        return writeStartObject(forValue);
    }

    @Override
    public JsonGenerator writeString(char[] text, int offset, int length) {
        return writeString(new String(text, offset, length));
    }

    @Override
    public JsonGenerator writeRawUTF8String(byte[] utf8, int offset, int length) {
        return writeUTF8String(utf8, offset, length);
    }

    @Override
    public JsonGenerator writeUTF8String(byte[] utf8, int offset, int length) {
        return writeString(new String(utf8, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public int writeBinary(Base64Variant variant, InputStream data, int length) {
        try {
            byte[] bytes = length < 0 ? data.readAllBytes() : data.readNBytes(length);
            writeBinary(variant, bytes, 0, bytes.length);
            return bytes.length;
        } catch (IOException e) {
            throw _wrapIOFailure(e);
        }
    }

    @Override
    public JsonGenerator writeNumber(short value) {
        return writeNumber((long) value);
    }

    @Override
    public JsonGenerator writeNumber(int value) {
        return writeNumber((long) value);
    }

    @Override
    public JsonGenerator writeNumber(float value) {
        return writeNumber((double) value);
    }

    /// Writes a float, if it reads back as the same decimal number, because Erlang has no decimals.
    @Override
    public JsonGenerator writeNumber(@Nullable BigDecimal value) {
        if (value == null) {
            return writeNull();
        }
        double nearest = value.doubleValue();
        if (!Double.isFinite(nearest) || BigDecimal.valueOf(nearest).compareTo(value) != 0) {
            throw new BadArgument("no float has exactly the value " + value + ": send it as text or as an integer");
        }
        return writeNumber(nearest);
    }

    @Override
    public JsonGenerator writeNumber(String encoded) {
        try {
            return encoded.matches("-?[0-9]+")
                    ? writeNumber(new BigInteger(encoded))
                    : writeNumber(new BigDecimal(encoded));
        } catch (NumberFormatException e) {
            throw new BadArgument("not a number: " + encoded, e);
        }
    }

    @Override
    public JsonGenerator writeRaw(String text) {
        throw noRawText();
    }

    @Override
    public JsonGenerator writeRaw(String text, int offset, int length) {
        throw noRawText();
    }

    @Override
    public JsonGenerator writeRaw(char[] text, int offset, int length) {
        throw noRawText();
    }

    @Override
    public JsonGenerator writeRaw(char c) {
        throw noRawText();
    }

    private static BadArgument noRawText() {
        return new BadArgument("raw text has no Erlang form");
    }

    @Override
    public Version version() {
        return EtfFactory.VERSION;
    }
}
