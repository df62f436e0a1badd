package dev.pier.erlang.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedReplyTest {
    private static final TypeReference<Map<String, List<User>>> USERS = new TypeReference<>() {};

    record User(String name) {}

    private static Reply reply(String term) {
        return new EncodedReply(EncodedTerm.of(Term.parse(term)), new EtfValueMapper(), DecodeLimits.DEFAULT);
    }

    @Test
    void aTypeWithParameters() {
        assertThat(reply("#{all => [#{name => <<\"Ann\">>}]}").as(USERS))
                .isEqualTo(Map.of("all", List.of(new User("Ann"))));
        assertThatThrownBy(() -> reply("#{all => [#{name => 1}]}").as(USERS))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("all[0].name: expected binary, got integer 1");
        assertThatThrownBy(() -> reply("undefined").as(new TypeReference<List<User>>() {}))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("List<")
                .hasMessageContaining("undefined");
    }

    @Test
    void aReferenceToNoTypeIsRefused() {
        class Raw<T> extends TypeReference<T> {}
        class Below extends Raw<String> {}
        assertThatThrownBy(Below::new).isInstanceOf(IllegalArgumentException.class);
        assertThat(USERS.type().getTypeName()).startsWith("java.util.Map<java.lang.String,");
    }

    @Test
    void thePlainestValue() {
        assertThat(reply("[1,<<\"a\">>,#{b => undefined},ok]").value())
                .asString()
                .isEqualTo("[1, a, {b=null}, ok]");
        assertThat(reply("nil").value()).isNull();
        assertThat(reply("ok").value()).isEqualTo(Atom.OK);
    }

    @Test
    void okIsUnwrapped() {
        assertThat(reply("{ok,#{name => ann}}").ok().as(User.class)).isEqualTo(new User("ann"));
        assertThat(reply("{ok,{ok,1}}").ok().ok().as(int.class)).isEqualTo(1);
        assertThat(reply("ok").ok().as(Atom.class)).isEqualTo(Atom.OK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{error,enoent}|enoent", "{error,{badarg,[1]}}|{badarg,[1]}", "error|error"})
    void anErrorIsThrown(String term, String reason) {
        assertThatThrownBy(() -> reply(term).ok())
                .hasMessage("expected {ok,_}, got " + term)
                .isInstanceOfSatisfying(ReturnedError.class, e -> {
                    assertThat(e.reason()).isEqualTo(Term.parse(reason));
                    assertThat(e.maybeExecuted()).isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "{}", "{ok}", "{ok,1,2}", "{error}", "{yes,1}", "[ok]", "{<<\"ok\">>,1}", "undefined"})
    void whatIsNeitherIsUnexpected(String term) {
        assertThatThrownBy(() -> reply(term).ok())
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("expected {ok,_} or {error,_}, got " + term);
    }

    /// The answer came, so the function has run; the same bytes decoded by the application say nothing of a
    /// call.
    @Test
    void anAnswerThatCannotBeDecodedMayHaveBeenExecuted() {
        byte[] truncated = {(byte) 104, 2, 97};
        Reply malformed = new EncodedReply(EncodedTerm.of(truncated), new EtfValueMapper(), DecodeLimits.DEFAULT);
        assertUndecodable(MalformedTerm.class, malformed::term);
        assertUndecodable(MalformedTerm.class, () -> malformed.as(Term.class));
        assertUndecodable(MalformedTerm.class, malformed::ok);
        assertUndecodable(MalformedTerm.class, () -> malformed.writeJson(OutputStream.nullOutputStream()));
        assertUndecodable(UnexpectedTerm.class, () -> reply("1").as(User.class));
        assertUndecodable(UnexpectedTerm.class, () -> reply("undefined").as(User.class));
        assertUndecodable(UnexpectedTerm.class, () -> reply("1").ok());
        assertThatThrownBy(() -> EncodedTerm.of(truncated).decode(DecodeLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        MalformedTerm.class, e -> assertThat(e.maybeExecuted()).isFalse());
    }

    private static <E extends ErlangException> void assertUndecodable(Class<E> kind, ThrowingCallable read) {
        assertThatThrownBy(read)
                .isInstanceOfSatisfying(kind, e -> assertThat(e.maybeExecuted()).isTrue());
    }

    /// A list of numbers, which takes many times its bytes to build.
    private static EncodedTerm large() {
        return EncodedTerm.of(new ListTerm(Collections.nCopies(200_000, IntegerTerm.of(1000))));
    }

    @Test
    void readingEndsAtItsTimeout() {
        EncodedReply late = new EncodedReply(large(), new EtfValueMapper(), DecodeLimits.DEFAULT, Duration.ofNanos(1));
        assertThatThrownBy(late::term)
                .isInstanceOf(CallTimeout.class)
                .hasMessageContaining("reading an answer of 1000006 bytes took more than 0 ms");
        assertThatThrownBy(() -> late.as(int[].class)).isInstanceOf(CallTimeout.class);
        assertThatThrownBy(late::value).isInstanceOf(CallTimeout.class);
    }

    @Test
    void mostAnswersAreReadInTime() throws IOException {
        EncodedReply timed =
                new EncodedReply(large(), new EtfValueMapper(), DecodeLimits.DEFAULT, Duration.ofMinutes(1));
        assertThat(timed.as(int[].class)).hasSize(200_000).containsOnly(1000);
        EncodedReply small = new EncodedReply(
                EncodedTerm.of(Atom.OK), new EtfValueMapper(), DecodeLimits.DEFAULT, Duration.ofNanos(1));
        assertThat(small.as(Atom.class)).isEqualTo(Atom.OK);
        // A client may take its time for JSON.
        var out = new ByteArrayOutputStream();
        new EncodedReply(large(), new EtfValueMapper(), DecodeLimits.DEFAULT, Duration.ofNanos(1)).writeJson(out);
        assertThat(out.size()).as("a string of two-byte characters").isEqualTo(2 * 200_000 + 2);
    }
}
