package dev.pier.erlang;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Which decoding errors say that a function may have run.
class MaybeExecutedTest {
    @Test
    void aLocalParseHasExecutedNothing() {
        assertThat(new MalformedTerm("truncated").maybeExecuted()).isFalse();
        assertThat(new MalformedTerm("truncated", new IllegalStateException()).maybeExecuted())
                .isFalse();
        assertThat(new UnexpectedTerm("expected map").maybeExecuted()).isFalse();
        assertThat(new UnexpectedTerm("expected map", new IllegalStateException()).maybeExecuted())
                .isFalse();
    }

    @Test
    void anAnswerThatCannotBeDecodedMayHaveBeenExecuted() {
        assertThat(MalformedTerm.inAnswer("truncated").maybeExecuted()).isTrue();
        assertThat(UnexpectedTerm.inAnswer("expected map").maybeExecuted()).isTrue();
    }
}
