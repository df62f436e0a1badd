package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.testing.LogCapture;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RateLimitedLogTest {
    @Test
    void eachMessageIsLoggedOnceAndAtMostTwentyOfThem() {
        try (LogCapture log = LogCapture.begin()) {
            RateLimitedLog limited = new RateLimitedLog(LoggerFactory.getLogger(RateLimitedLogTest.class));
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 30; i++) {
                    limited.warn("message number " + i);
                }
            }
            assertThat(log.warnings("message number")).hasSize(20).doesNotHaveDuplicates();
            assertThat(log.warnings("Suppressing"))
                    .containsExactly("Suppressing further warnings: more than 20 distinct ones in 60 s");
            assertThat(log.lines(Level.DEBUG, "message number"))
                    .as("none is lost")
                    .hasSize(60);
        }
    }
}
