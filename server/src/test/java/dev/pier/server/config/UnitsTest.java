package dev.pier.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0 ms, PT0S",
        "1.5s, PT1.5S",
        "  90  Seconds , PT1M30S",
        "0.000001 ms, PT0.000000001S",
        "0.0000001 ms, PT0S",
        "1.000000001 s, PT1.000000001S",
        "2.5 minutes, PT2M30S",
        "0.25 h, PT15M",
        "1.999999999 days, PT47H59M59.9999136S",
        "2147483647 s, PT2147483647S",
        "24855.134814814 days, PT596523H14M7.9999296S"
    })
    void durationsHaveFractions(String text, Duration duration) {
        assertThat(Units.duration(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483648 s",
                "24855.2 days",
                "999999999999999999.999999999 days",
                "1.s",
                ".5 s",
                "1.0000000000 s",
                "1 fortnight",
                "1"
            })
    void anythingElseIsNoDuration(String text) {
        assertThat(Units.duration(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0 B, 0",
        "1.9 B, 1",
        "1.5 KiB, 1536",
        "0.000000001 GiB, 1",
        "1.999999999 GB, 1999999999",
        "8589934591.999999999 GiB, 9223372036854775806",
        "999999999999999999 B, 999999999999999999"
    })
    void bytesHaveFractions(String text, long bytes) {
        assertThat(Units.bytes(text)).contains(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8589934592 GiB", "999999999999999999 GB", "1 kib", "1 ms", "1"})
    void anythingElseIsNoNumberOfBytes(String text) {
        assertThat(Units.bytes(text)).isEmpty();
    }
}
