package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.MapTerm;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MapKeysTest {
    private static final int BITS = 17;

    /// Keys of which all have the same hash code as bytes. A JSON object from a client may have such keys.
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void keysWithEqualHashCodesAreComparedInOrder() {
        Map<String, Integer> colliding = new TreeMap<>();
        for (int i = 0; i < 1 << BITS; i++) {
            int number = i;
            colliding.put(
                    IntStream.range(0, BITS)
                            .mapToObj(bit -> ((number >> bit) & 1) == 0 ? "aA" : "BB")
                            .collect(Collectors.joining()),
                    i);
        }
        EtfOutput out = new EtfOutput(1024);
        new EtfValueMapper().write(colliding, out);
        assertThat(EncodedTerm.of(out.toByteArray()).decode(DecodeLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        MapTerm.class, map -> assertThat(map.size()).isEqualTo(1 << BITS));
    }
}
