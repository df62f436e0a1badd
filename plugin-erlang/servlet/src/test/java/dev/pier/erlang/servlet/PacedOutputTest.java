package dev.pier.erlang.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// When output is sent: by size, by age, and not before.
class PacedOutputTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private int opened;

    private PacedOutput output(Duration maxWait, int enough) {
        return new PacedOutput(
                () -> {
                    opened++;
                    return sent;
                },
                maxWait,
                enough);
    }

    private String sent() {
        return sent.toString(StandardCharsets.UTF_8);
    }

    @Test
    void outputIsSentWhenThereIsEnough() {
        PacedOutput out = output(LONG, 4);
        out.write("ab");
        out.write('c');
        out.flush();
        out.sendIfDue();
        assertThat(sent()).isEmpty();
        assertThat(opened).as("the response is untouched").isZero();
        out.write('d');
        assertThat(sent()).isEqualTo("abcd");
        assertThat(out.isEmpty()).isTrue();
        out.write("efghij");
        assertThat(sent()).isEqualTo("abcdefghij");
    }

    @Test
    void outputIsSentWhenItHasWaitedLongEnough() {
        PacedOutput out = output(Duration.ZERO, 1000);
        out.sendIfDue();
        assertThat(opened).as("there is nothing to send").isZero();
        out.write("a");
        assertThat(out.nanosUntilDue()).isNotPositive();
        out.sendIfDue();
        assertThat(sent()).isEqualTo("a");
        assertThat(out.isEmpty()).isTrue();
    }

    @Test
    void theAgeIsThatOfTheOldestOutput() {
        PacedOutput out = output(LONG, 1000);
        out.write("a");
        long left = out.nanosUntilDue();
        out.write("b");
        assertThat(out.nanosUntilDue()).isPositive().isLessThanOrEqualTo(left);
        out.send();
        assertThat(sent()).isEqualTo("ab");
    }

    @Test
    void aClientThatDoesNotAcceptOutputIsGone() {
        PacedOutput out = new PacedOutput(
                () -> {
                    throw new IOException("no client");
                },
                LONG,
                1000);
        out.write("a");
        assertThatThrownBy(out::send).isInstanceOf(PacedOutput.ClientGone.class).hasRootCauseMessage("no client");
    }
}
