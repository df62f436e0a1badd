package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteException;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RexResultTest {
    private final RexResult result = new RexResult(
            new FunctionCall(Atom.of("peer@host"), Atom.of("m"), Atom.of("f"), 1, _ -> {}), DecodeLimits.DEFAULT);

    private Term value(String answer) {
        return result.value(EncodedTerm.of(Term.parse(answer))).decode(DecodeLimits.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "badrpc", "{badrpc}", "{badrpc,a,b}", "{ok,[1,2]}", "{'EXIT',a}"})
    void aReturnedValue(String term) {
        assertThat(value("{rex," + term + "}")).isEqualTo(Term.parse(term));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'EXIT',{oops,[{m,f,1,[]}]}} | RemoteError | oops | m:f/1 failed: oops in {m,f,1,[]}",
                "{'EXIT',{undef,[{m,f,[1],[]},{rpc,g,2,[]}]}} | RemoteError | undef | m:f/1 failed: undef",
                "{'EXIT',bye} | RemoteExit | bye | m:f/1 exited: bye",
                "{'EXIT',{shutdown,[]}} | RemoteExit | {shutdown,[]} | m:f/1 exited: {shutdown,[]}",
                "{'EXIT',{shutdown,[a]}} | RemoteExit | {shutdown,[a]} | m:f/1 exited",
                "nodedown | RemoteError | nodedown | m:f/1 could not be run: nodedown"
            })
    void aFailure(String reason, String kind, String expected, String message) {
        assertThatThrownBy(() -> value("{rex,{badrpc," + reason + "}}"))
                .isInstanceOfSatisfying(RemoteException.class, e -> {
                    assertThat(e.getClass().getSimpleName()).isEqualTo(kind);
                    assertThat(e.reason()).isEqualTo(Term.parse(expected));
                    assertThat(e.maybeExecuted()).isTrue();
                })
                .hasMessageContaining(message);
    }

    @Test
    void theStackTraceIsErlangsOwn() {
        assertThatThrownBy(() -> value("{rex,{badrpc,{'EXIT',{oops,[{m,f,1,[]}]}}}}"))
                .isInstanceOfSatisfying(
                        RemoteError.class, e -> assertThat(e.erlangStackTrace()).isEqualTo(Term.parse("[{m,f,1,[]}]")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rex", "{rex}", "{other,1}", "{<<\"rex\">>,1}"})
    void anotherMessageIsNoAnswer(String message) {
        EncodedTerm encoded = EncodedTerm.of(Term.parse(message));
        assertThat(RexResult.open(encoded, DecodeLimits.DEFAULT)).isNull();
        assertThatThrownBy(() -> result.value(encoded)).isInstanceOf(MalformedTerm.class);
    }

    @Test
    void theEndOfTheReceivingProcessIsASignal() {
        assertThatThrownBy(() -> result.value(Atom.of("shutdown")))
                .isInstanceOfSatisfying(
                        RemoteExit.class, e -> assertThat(e.isSignal()).isTrue());
    }
}
