package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.jackson.EtfParser;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.bean.BeanDeserializer;
import tools.jackson.databind.deser.bean.PropertyValueBuffer;
import tools.jackson.databind.util.NameTransformer;

/// Reads records faster than Jackson's general deserializer. Records that use views, ignored names, injected values
/// and the like are left to Jackson. Safe for many threads.
///
/// Rows repeat their keys in the same order, and the parser returns the same string for the same key. So the
/// component of a key is first looked up where the previous row had it.
final class RecordDeserializer extends BeanDeserializer {
    private static final long serialVersionUID = 1L;
    private static final int MAX_COMPONENTS = Long.SIZE;
    private static final int HINTS = 32;

    /// Jackson 3.3 is the first version that has all the methods. An application may have an older one: that of its
    /// Spring Boot.
    private static final boolean SUPPORTED =
            PackageVersion.VERSION.getMajorVersion() > 3 || PackageVersion.VERSION.getMinorVersion() >= 3;

    private record Hint(String name, SettableBeanProperty component) {}

    /// By the index of the key in its map. Hints are immutable; a hint that another thread overwrites costs a
    /// look-up.
    private final transient @Nullable Hint[] hints = new @Nullable Hint[HINTS];

    private boolean plain;
    private int count;

    private RecordDeserializer(BeanDeserializer standard) {
        super(standard);
    }

    /// Jackson's own, if this one cannot work with it.
    static BeanDeserializer of(BeanDeserializer standard) {
        return SUPPORTED ? new RecordDeserializer(standard) : standard;
    }

    @Override
    public void resolve(DeserializationContext context) {
        super.resolve(context);
        plain = _propertyBasedCreator != null
                && _objectIdReader == null
                && _anySetter == null
                && _injectables == null
                && _ignorableProps == null
                && _includableProps == null
                && !_propertyBasedCreator.hasManagedReferenceProperties();
        if (plain) {
            SettableBeanProperty[] components = _propertyBasedCreator.allPropertiesInOrder();
            count = components.length;
            plain = count == _beanProperties.size() && count < MAX_COMPONENTS;
        }
    }

    /// Jackson permits this for its own class only.
    @Override
    public ValueDeserializer<Object> unwrappingDeserializer(DeserializationContext context, NameTransformer names) {
        return withIgnoreAllUnknown(_ignoreAllUnknown).unwrappingDeserializer(context, names);
    }

    @Override
    protected @Nullable Object _deserializeUsingPropertyBased(JsonParser p, DeserializationContext context) {
        return plain
                        && p instanceof EtfParser etf
                        && context.getActiveView() == null
                        && _shouldSkipUnknowns(context)
                        && !context.isEnabled(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                ? read(etf, context)
                : super._deserializeUsingPropertyBased(p, context);
    }

    private @Nullable Object read(EtfParser p, DeserializationContext context) {
        @Nullable Object[] values = new @Nullable Object[count];
        long seen = 0;
        for (JsonToken token = p.currentToken(); token == JsonToken.PROPERTY_NAME; token = p.nextToken()) {
            SettableBeanProperty component = component(p);
            p.nextToken();
            if (component == null) {
                p.skipChildren();
            } else {
                int index = component.getCreatorIndex();
                values[index] = _deserializeWithErrorWrapping(p, context, component, component.getName());
                seen |= 1L << index;
            }
        }
        try {
            return seen == (1L << count) - 1
                    ? _valueInstantiator.createFromObjectWith(context, values)
                    : withMissing(p, context, values, seen);
        } catch (RuntimeException e) {
            return wrapInstantiationProblem(context, e);
        }
    }

    private @Nullable SettableBeanProperty component(EtfParser p) {
        String name = Objects.requireNonNull(p.currentName());
        int place = p.streamReadContext().getCurrentIndex();
        Hint hint = place < HINTS ? hints[place] : null;
        // Compares identity, because comparing characters would cost as much as a look-up.
        if (hint != null && isSame(hint.name, name)) {
            return hint.component;
        }
        SettableBeanProperty component = _propertyBasedCreator.findCreatorProperty(name);
        if (component != null && place < HINTS) {
            hints[place] = new Hint(name, component);
        }
        return component;
    }

    @SuppressWarnings("ReferenceEquality") // Identity is meant.
    private static boolean isSame(String one, String other) {
        return one == other;
    }

    /// Lets Jackson find the values of missing components, or refuse the record.
    private @Nullable Object withMissing(
            EtfParser p, DeserializationContext context, @Nullable Object[] values, long seen) {
        PropertyValueBuffer buffer = _propertyBasedCreator.startBuilding(p, context, null, false);
        SettableBeanProperty[] components = _propertyBasedCreator.allPropertiesInOrder();
        for (SettableBeanProperty component : components) {
            int index = component.getCreatorIndex();
            if ((seen & 1L << index) != 0) {
                buffer.assignParameter(component, values[index]);
            }
        }
        return _propertyBasedCreator.build(context, buffer);
    }
}
