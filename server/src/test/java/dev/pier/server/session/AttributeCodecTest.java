package dev.pier.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Currency;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttributeCodecTest {
    /// A class of the application.
    record Item(String name, List<Integer> numbers) implements Serializable {}

    /// A class that is not the application's.
    record Foreign(String name) implements Serializable {}

    private final AttributeCodec codec =
            new AttributeCodec("/app", AttributeCodecTest.class::getClassLoader, type -> type.equals(Item.class));

    static List<Object> values() {
        Map<Object, Object> large = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            large.put(i, "x" + i);
        }
        return List.of(
                "text",
                1,
                2L,
                true,
                'c',
                new BigDecimal("1.50"),
                Duration.ofSeconds(1),
                ZonedDateTime.parse("2026-01-02T03:04:05+01:00[Europe/Berlin]"),
                URI.create("http://localhost/"),
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                Locale.GERMANY,
                Currency.getInstance("EUR"),
                List.of(1, 2),
                Map.of("a", Set.of(1)),
                new ArrayList<>(List.of("a")),
                new LinkedHashMap<>(Map.of("a", 1)),
                new TreeMap<>(Map.of("a", 1)),
                new HashSet<>(Set.of(1L)),
                new ConcurrentHashMap<>(Map.of("a", 1)),
                Collections.unmodifiableList(new ArrayList<>(List.of(1))),
                Collections.synchronizedMap(new HashMap<>(Map.of("a", 1))),
                new EnumMap<>(Map.of(TimeUnit.DAYS, 1)),
                EnumSet.of(TimeUnit.DAYS),
                large,
                new Item("a", List.of(1)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void readsValuesOfTheJdkAndOfTheApplication(Object value) {
        assertThat(roundTrip(value)).containsEntry("a", value);
    }

    @Test
    void readsArrays() {
        assertThat((byte[]) roundTrip(new byte[] {1, 2}).get("a")).containsExactly(1, 2);
        assertThat((String[][]) roundTrip(new String[][] {{"a"}, {}}).get("a")).isDeepEqualTo(new String[][] {{"a"}, {}
        });
        assertThat((Item[]) roundTrip(new Item[0]).get("a")).isEmpty();
    }

    @Test
    void leavesOutOtherClasses() {
        assertThat(roundTrip(new Foreign("x"))).isEmpty();
        assertThat(roundTrip(new ArrayList<>(List.of(new Foreign("x"))))).isEmpty();
        assertThat(roundTrip(new Foreign[0])).isEmpty();
        assertThat(roundTrip((Comparator<String> & Serializable) String::compareTo))
                .isEmpty();
        assertThat(roundTrip(java.net.InetAddress.getLoopbackAddress())).isEmpty();
    }

    @Test
    void leavesOutWhatCannotBeSerialised() {
        Supplier<String> notSerialisable = () -> "x";
        assertThat(codec.encode("a", notSerialisable)).isNull();
        assertThat(codec.encode("a", new ArrayList<>(List.of(new Object())))).isNull();
    }

    @Test
    void boundsTheDepth() {
        List<Object> deep = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        assertThat(roundTrip(deep)).isEmpty();
    }

    @Test
    void readsNothingFromOtherBytes() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject("text");
        }
        byte[] cut = java.util.Arrays.copyOf(bytes.toByteArray(), bytes.size() - 1);
        assertThat(codec.decode(Map.of("a", new byte[0], "b", new byte[] {1, 2, 3}, "c", cut)))
                .isEmpty();
    }

    private Map<String, Object> roundTrip(Object value) {
        byte[] bytes = codec.encode("a", value);
        assertThat(bytes).isNotNull();
        return codec.decode(Map.of("a", bytes));
    }
}
