package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.Chardata;
import dev.pier.erlang.jackson.EtfParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.UUIDDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/// Reads bytes: a binary, or iodata, of which a list of small integers is the simplest. Chardata is read as UTF-8.
final class BytesDeserializer extends StdScalarDeserializer<byte[]> {
    static final BytesDeserializer BYTES = new BytesDeserializer();

    private BytesDeserializer() {
        super(byte[].class);
    }

    @Override
    public byte @Nullable [] deserialize(JsonParser p, DeserializationContext context) {
        if (p.hasToken(JsonToken.VALUE_EMBEDDED_OBJECT) && p.getEmbeddedObject() instanceof byte[] bytes) {
            return bytes;
        }
        if (p instanceof EtfParser etf) {
            if (etf.isBinary()) {
                return etf.getBinaryValue();
            }
            byte[] bytes = etf.isList() ? Chardata.bytes(etf.readTerm()) : null;
            if (bytes == null) {
                throw new UnexpectedTerm("expected binary, got " + etf.summary());
            }
            return bytes;
        }
        if (p.hasToken(JsonToken.VALUE_STRING)) {
            // Jackson has buffered the value, and a binary of UTF-8 has become a string.
            return Objects.requireNonNull(p.getString()).getBytes(StandardCharsets.UTF_8);
        }
        return (byte[]) context.handleUnexpectedToken(context.constructType(byte[].class), p);
    }

    /// Reads a [ByteBuffer] from the same terms.
    static final class OfBuffer extends StdScalarDeserializer<ByteBuffer> {
        OfBuffer() {
            super(ByteBuffer.class);
        }

        @Override
        public @Nullable ByteBuffer deserialize(JsonParser p, DeserializationContext context) {
            byte[] bytes = BYTES.deserialize(p, context);
            return bytes == null ? null : ByteBuffer.wrap(bytes);
        }
    }

    /// Reads a [UUID] from its text, or from its 16 bytes.
    static final class OfUuid extends StdScalarDeserializer<UUID> {
        private static final int BYTES_OF_UUID = 16;
        private final UUIDDeserializer text = new UUIDDeserializer();

        OfUuid() {
            super(UUID.class);
        }

        @Override
        public @Nullable UUID deserialize(JsonParser p, DeserializationContext context) {
            if (p instanceof EtfParser etf && etf.isBinary()) {
                byte[] bytes = etf.getBinaryValue();
                if (bytes.length == BYTES_OF_UUID) {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    return new UUID(buffer.getLong(), buffer.getLong());
                }
            }
            return text.deserialize(p, context);
        }
    }
}
