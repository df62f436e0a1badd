package dev.pier.erlang.jackson.databind;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pier.erlang.AsAtom;
import dev.pier.erlang.AsCharlist;
import dev.pier.erlang.AsKeyword;
import dev.pier.erlang.AsStruct;
import dev.pier.erlang.AsTuple;
import dev.pier.erlang.Elixir;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/// Supports [AsTuple], [AsAtom], [AsCharlist], [AsKeyword] and [AsStruct]. Safe for many threads.
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

    /// Options that are not given are not in a keyword list.
    @Override
    public JsonInclude.@Nullable Value findPropertyInclusion(MapperConfig<?> config, Annotated annotated) {
        return annotated instanceof AnnotatedClass && annotated.hasAnnotation(AsKeyword.class)
                ? JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS)
                : super.findPropertyInclusion(config, annotated);
    }

    @Override
    public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
        if (annotated.hasAnnotation(AsStruct.class)) {
            Class<?> type = annotated.getRawType();
            return Set.class.isAssignableFrom(type)
                    ? StructSerializer.OfSet.class
                    : Elixir.hasStruct(type) ? StructSerializer.class : null;
        }
        return CharSequence.class.isAssignableFrom(annotated.getRawType()) ? textSerializer(annotated) : null;
    }

    @Override
    public @Nullable Object findContentSerializer(MapperConfig<?> config, Annotated annotated) {
        if (annotated.hasAnnotation(AsStruct.class)) {
            Class<?> type = annotated.getRawType();
            return Elixir.hasStruct(type) || Set.class.isAssignableFrom(type) ? null : StructSerializer.class;
        }
        return CharSequence.class.isAssignableFrom(annotated.getRawType()) ? null : textSerializer(annotated);
    }

    private static @Nullable Object textSerializer(Annotated annotated) {
        if (annotated.hasAnnotation(AsAtom.class)) {
            return EtfSerializers.AsAtomSerializer.class;
        }
        return annotated.hasAnnotation(AsCharlist.class) ? EtfSerializers.AsCharlistSerializer.class : null;
    }
}
