package dev.pier.erlang.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.UnexpectedTerm;
import org.junit.jupiter.api.Test;

class AnswerErrorsTest {
    @Test
    void aDecodingErrorOfAnAnswerMayHaveBeenExecuted() {
        for (ErlangException local : new ErlangException[] {new MalformedTerm("why"), new UnexpectedTerm("why")}) {
            ErlangException answered = AnswerErrors.inAnswer(local);
            assertThat(answered).hasSameClassAs(local).hasMessage("why").hasCause(local);
            assertThat(answered.maybeExecuted()).isTrue();
            assertThat(AnswerErrors.inAnswer(answered)).isSameAs(answered);
        }
    }

    @Test
    void otherErrorsStayAsTheyAre() {
        for (ErlangException other : new ErlangException[] {new NotConnected("why"), new ConnectionLost("why")}) {
            assertThat(AnswerErrors.inAnswer(other)).isSameAs(other);
        }
    }
}
