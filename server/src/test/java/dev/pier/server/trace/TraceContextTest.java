package dev.pier.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The headers of W3C Trace Context, also those that a client has made up.
class TraceContextTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String VALID = "00-" + TRACE + "-" + SPAN + "-01";

    private static Optional<TraceContext> parsed(String... traceparents) {
        return TraceContext.of(List.of(traceparents), List.of());
    }

    private static String tracestate(String... headers) {
        return TraceContext.of(List.of(VALID), List.of(headers)).orElseThrow().tracestate();
    }

    @Test
    void aValidHeaderContinuesTheTrace() {
        assertThat(parsed(VALID)).contains(new TraceContext(TRACE, SPAN, true, ""));
        assertThat(parsed(" " + VALID + "\t")).contains(new TraceContext(TRACE, SPAN, true, ""));
        assertThat(parsed(VALID).orElseThrow().traceparent()).isEqualTo(VALID);
    }

    @ParameterizedTest
    @CsvSource({"00,false", "01,true", "02,false", "03,true", "fe,false", "ff,true"})
    void theLowestFlagSaysThatTheTraceIsSampled(String flags, boolean sampled) {
        assertThat(parsed("00-" + TRACE + "-" + SPAN + "-" + flags)
                        .orElseThrow()
                        .sampled())
                .isEqualTo(sampled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01-T-S-01", "cc-T-S-01", "fe-T-S-01-what-the-future-adds", "01-T-S-01-"})
    void aLaterVersionIsReadAsFarAsItIsKnown(String pattern) {
        assertThat(parsed(pattern.replace("T", TRACE).replace("S", SPAN)))
                .contains(new TraceContext(TRACE, SPAN, true, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "T",
                "00-T-S",
                "00-T-S-",
                "00-T-S-1",
                "00-T-S-001",
                "00-T-S-0g",
                "00-T-S-01-",
                "00-T-S-01-more",
                "00-T-S-01.more",
                "01-T-S-01more",
                "ff-T-S-01",
                "FE-T-S-01",
                "0-T-S-01",
                "000-T-S-01",
                "00_T_S_01",
                "00-T-S-01,00-T-S-01",
                "00-00000000000000000000000000000000-S-01",
                "00-T-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-S-01",
                "00-T-00F067AA0BA902B7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-S-01",
                "00-4bf92f3577b34da6a3ce929d0e0e47361-S-01",
                "00-T-00f067aa0ba902b-01",
                "00-٤bf92f3577b34da6a3ce929d0e0e4736-S-01",
            })
    void anyOtherHeaderBeginsATrace(String pattern) {
        assertThat(parsed(pattern.replace("T", TRACE).replace("S", SPAN))).isEmpty();
    }

    @Test
    void noHeaderAndTwoHeadersBeginATrace() {
        assertThat(parsed()).isEmpty();
        assertThat(parsed(VALID, VALID)).isEmpty();
    }

    @Test
    void aTracestateIsKeptInItsOrder() {
        assertThat(tracestate("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"))
                .isEqualTo("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
        assertThat(tracestate("a=1 ,\t b=2", "", "c=3,,")).isEqualTo("a=1,b=2,c=3");
        assertThat(tracestate("fw529a3039@dt=FfAz;x y", "0key=v")).isEqualTo("fw529a3039@dt=FfAz;x y,0key=v");
        assertThat(tracestate()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a=",
                "=1",
                "A=1",
                "a=1;b=2,c",
                "a=1,a=2",
                "a =1",
                "a=b=c",
                "a=\u0001",
                "a=é",
                "@a=1",
                "a@=1",
                "a@b@c=1",
                "a@0b=1",
                "a@bbbbbbbbbbbbbbb=1"
            })
    void aTracestateThatIsNotValidIsLeftOut(String header) {
        assertThat(tracestate(header)).isEmpty();
        assertThat(tracestate("x=1," + header)).isEmpty();
    }

    @Test
    void aTracestateOfMoreThan32MembersIsLeftOut() {
        assertThat(tracestate(members(32))).isEqualTo(members(32));
        assertThat(tracestate(members(33))).isEmpty();
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));
    }

    @Test
    void aLongTracestateLosesLongMembersAndThoseAtTheEnd() {
        String huge = "huge=" + "h".repeat(255);
        String middle = "=" + "m".repeat(99);
        assertThat(tracestate(huge + ",a=1," + huge.replace("huge", "other"))).isEqualTo("a=1");
        assertThat(tracestate(
                        "a" + middle + ",b" + middle + ",c" + middle + ",d" + middle + ",e" + middle + ",f" + middle))
                .isEqualTo("a" + middle + ",b" + middle + ",c" + middle + ",d" + middle + ",e" + middle);
        assertThat(tracestate("a=" + "v".repeat(256))).isEqualTo("a=" + "v".repeat(256));
        assertThat(tracestate("a=" + "v".repeat(257))).isEmpty();
    }

    @Test
    void newTracesHaveValidIdsOfTheirOwn() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            TraceContext random = TraceContext.random();
            assertThat(parsed(random.traceparent())).contains(random);
            ids.add(random.traceId());
            ids.add(random.spanId());
        }
        assertThat(ids).hasSize(2_000);
    }
}
