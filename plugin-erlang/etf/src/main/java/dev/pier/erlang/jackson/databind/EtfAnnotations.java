package dev.pier.erlang.jackson.databind;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.pier.erlang.AsAtom;
import dev.pier.erlang.AsCharlist;
import dev.pier.erlang.AsTuple;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/// Supports [AsTuple], [AsAtom] and [AsCharlist]. Safe for many threads.
final class EtfAnnotations extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public JsonFormat.@Nullable Value findFormat(MapperConfig<?> config, Annotated annotated) {
        return annotated instanceof AnnotatedClass && annotated.hasAnnotation(AsTuple.class)
                ? JsonFormat.Value.forShape(JsonFormat.Shape.ARRAY)
                : null;
    }

    @Override
    public String @Nullable [] findSerializationPropertyOrder(MapperConfig<?> config, AnnotatedClass annotated) {
        if (!annotated.hasAnnotation(AsTuple.class) || !annotated.getRawType().isRecord()) {
            return null;
        }
        return Arrays.stream(annotated.getRawType().getRecordComponents())
                .map(RecordComponent::getName)
                .toArray(String[]::new);
    }

    /// Primitive components are required, because Jackson would read a missing number as 0.
    @Override
    public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        boolean number = member instanceof AnnotatedParameter
                && member.getDeclaringClass().isRecord()
                && member.getRawType().isPrimitive();
        return number ? true : null;
    }

    @Override
    public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
        return CharSequence.class.isAssignableFrom(annotated.getRawType()) ? textSerializer(annotated) : null;
    }

    @Override
    public @Nullable Object findContentSerializer(MapperConfig<?> config, Annotated annotated) {
        return CharSequence.class.isAssignableFrom(annotated.getRawType()) ? null : textSerializer(annotated);
    }

    private static @Nullable Object textSerializer(Annotated annotated) {
        if (annotated.hasAnnotation(AsAtom.class)) {
            return EtfSerializers.AsAtomSerializer.class;
        }
        return annotated.hasAnnotation(AsCharlist.class) ? EtfSerializers.AsCharlistSerializer.class : null;
    }
}
