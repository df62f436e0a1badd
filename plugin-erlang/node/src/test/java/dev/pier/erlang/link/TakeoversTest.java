package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.LogCapture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TakeoversTest {
    private static final String WARNING = "two nodes have one name";

    private final AtomicLong clock = new AtomicLong(-5);
    private final Takeovers takeovers = new Takeovers(WARNING, clock::get);
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.begin();
    }

    @AfterEach
    void end() {
        log.close();
    }

    @Test
    void onlyTheThirdInARowIsWarnedOf() {
        takeovers.happened();
        takeovers.happened();
        assertThat(log.warnings("")).isEmpty();
        for (int i = 0; i < 100; i++) {
            takeovers.happened();
        }
        assertThat(log.warnings("")).containsExactly(WARNING);
    }

    @Test
    void thoseFarApartAreNoRow() {
        for (int i = 0; i < 10; i++) {
            takeovers.happened();
            clock.addAndGet(Takeovers.WITHIN.toNanos() + 1);
        }
        assertThat(log.warnings("")).isEmpty();
    }

    @Test
    void anotherRowIsAnotherWarning() {
        for (int row = 0; row < 2; row++) {
            for (int i = 0; i < Takeovers.SUSPICIOUS; i++) {
                takeovers.happened();
            }
            clock.addAndGet(Takeovers.WITHIN.toNanos() + 1);
        }
        assertThat(log.warnings("")).containsExactly(WARNING, WARNING);
    }
}
