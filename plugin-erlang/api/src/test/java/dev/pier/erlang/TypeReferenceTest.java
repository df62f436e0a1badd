package dev.pier.erlang;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypeReferenceTest {
    private List<String> names = List.of();

    @Test
    void aTypeKnownAtRunTimeIsTheSameAsAWrittenOne() throws ReflectiveOperationException {
        Type ofField = TypeReferenceTest.class.getDeclaredField("names").getGenericType();
        assertThat(TypeReference.of(ofField).type()).isEqualTo(new TypeReference<List<String>>() {}.type());
        assertThat(TypeReference.of(ofField)).hasToString("java.util.List<java.lang.String>");
        assertThat(names).isEmpty();
    }
}
