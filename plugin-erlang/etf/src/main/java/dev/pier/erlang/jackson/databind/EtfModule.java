package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.jackson.EtfFactory;
import tools.jackson.core.Version;
import tools.jackson.databind.JacksonModule;

/// The serializers and deserializers of [EtfMapper], which registers this module itself.
final class EtfModule extends JacksonModule {
    @Override
    public String getModuleName() {
        return "pier-erlang";
    }

    @Override
    public Version version() {
        return EtfFactory.VERSION;
    }

    @Override
    public void setupModule(SetupContext context) {
        context.insertAnnotationIntrospector(new EtfAnnotations());
        context.addSerializers(new EtfSerializers());
        context.addKeySerializers(new EtfSerializers.OfKeys());
        context.addDeserializers(new EtfDeserializers());
        context.addKeyDeserializers(new EtfDeserializers.OfKeys());
        context.addValueInstantiators(new RecordInstantiators());
        context.addDeserializerModifier(new EtfDeserializers.Modifier());
    }
}
