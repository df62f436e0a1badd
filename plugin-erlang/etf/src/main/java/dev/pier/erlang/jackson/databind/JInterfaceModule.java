package dev.pier.erlang.jackson.databind;

import com.ericsson.otp.erlang.OtpErlangObject;
import com.fasterxml.jackson.annotation.JsonFormat;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jinterface.OtpTerms;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.Version;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.jsontype.TypeDeserializer;
import tools.jackson.databind.ser.Serializers;

/// Supports JInterface's objects as values: as an argument, in a list, as a component of a record.
///
/// Hazard: it needs JInterface's classes, and must not be loaded unless
/// [dev.pier.erlang.jinterface.JInterface#isPresent()] is true.
final class JInterfaceModule extends JacksonModule {
    @Override
    public String getModuleName() {
        return "pier-jinterface";
    }

    @Override
    public Version version() {
        return EtfFactory.VERSION;
    }

    @Override
    public void setupModule(SetupContext context) {
        context.addSerializers(new Writing());
        context.addDeserializers(new Reading());
    }

    private static final class Writing implements Serializers {
        @Override
        public @Nullable ValueSerializer<?> findSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                JsonFormat.@Nullable Value format) {
            return type.isTypeOrSubTypeOf(OtpErlangObject.class)
                    ? new TermValueSerializer<>(OtpErlangObject.class, OtpTerms::toTerm)
                    : null;
        }

        @Override
        public @Nullable ValueSerializer<?> findExplicitPOJOSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                JsonFormat.@Nullable Value format) {
            return null;
        }
    }

    private static final class Reading implements Deserializers {
        @Override
        public @Nullable ValueDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription.Supplier description) {
            return type.isTypeOrSubTypeOf(OtpErlangObject.class)
                    ? new ToOtp(type.getRawClass().asSubclass(OtpErlangObject.class))
                    : null;
        }

        @Override
        public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
            return OtpErlangObject.class.isAssignableFrom(type);
        }
    }

    private static final class ToOtp extends StdDeserializer<OtpErlangObject> {
        private final Class<? extends OtpErlangObject> kind;

        ToOtp(Class<? extends OtpErlangObject> kind) {
            super(kind);
            this.kind = kind;
        }

        @Override
        public OtpErlangObject deserialize(JsonParser p, DeserializationContext context) {
            Object read = p instanceof EtfParser etf ? etf.readTerm() : p.getEmbeddedObject();
            if (read instanceof Term term) {
                return OtpTerms.toOtp(term, kind);
            }
            throw new UnexpectedTerm("expected " + kind.getSimpleName() + ", got a value that is not a term");
        }

        @Override
        public @Nullable Object deserializeWithType(
                JsonParser p, DeserializationContext context, TypeDeserializer typer) {
            return deserialize(p, context);
        }

        /// The atoms that are read as null elsewhere stay atoms here.
        @Override
        public @Nullable Object getNullValue(DeserializationContext context) {
            return context.getParser() instanceof EtfParser etf && etf.hasToken(JsonToken.VALUE_NULL)
                    ? deserialize(etf, context)
                    : null;
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return null;
        }
    }
}
