package dev.pier.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TimerSampleTest {
    private static final long SECOND = 1_000_000_000L;

    private static final String BEFORE = """
            # HELP http_requests_seconds Requests
            # TYPE http_requests_seconds histogram
            http_requests_seconds_bucket{application="/a",status="2xx",le="0.005"} 10
            http_requests_seconds_bucket{application="/a",status="2xx",le="0.1"} 10
            http_requests_seconds_bucket{application="/a",status="2xx",le="+Inf"} 10
            http_requests_seconds_count{application="/a",status="2xx"} 10
            http_requests_seconds_sum{application="/a",status="2xx"} 0.01
            jvm_gc_pause_seconds_count{action="minor"} 1
            jvm_gc_pause_seconds_sum{action="minor"} 5.0
            """;

    private static final String AFTER = """
            http_requests_seconds_bucket{application="/a",status="2xx",le="0.005"} 26
            http_requests_seconds_bucket{application="/a",status="2xx",le="0.1"} 29
            http_requests_seconds_bucket{application="/a",status="2xx",le="+Inf"} 30
            http_requests_seconds_count{application="/a",status="2xx"} 30
            http_requests_seconds_sum{application="/a",status="2xx"} 0.41
            http_requests_seconds_bucket{le="0.1"} 100
            http_requests_seconds_bucket{le="+Inf"} 100
            http_requests_seconds_count 100
            http_requests_seconds_sum 1.0
            http_requests_seconds_bucket{application="/idle",le="+Inf"} 0
            http_requests_seconds_count{application="/idle"} 0
            http_requests_seconds_sum{application="/idle"} 0.0
            jvm_gc_pause_seconds_count{action="minor"} 9
            jvm_gc_pause_seconds_sum{action="minor"} 50.0
            """;

    @Test
    void ratesAndBoundsAreThoseBetweenTheSamples() {
        TimerSample before = TimerSample.of(BEFORE, 3 * SECOND);
        assertThat(TimerSample.of(AFTER, 5 * SECOND).since(before))
                .isEqualTo(JsonMapper.shared().readTree("""
                                [{"timer": "http_requests", "of": "", "perSecond": 50.0, "meanMillis": 10.0,
                                  "p50Millis": 100.0, "p99Millis": 100.0},
                                 {"timer": "http_requests", "of": "application=/a,status=2xx", "perSecond": 10.0,
                                  "meanMillis": 20.0, "p50Millis": 5.0}]
                                """));
    }

    /// An application chooses the names of its labels.
    @Test
    void aLabelWhoseNameEndsLikeThatOfTheBoundsIsNone() {
        TimerSample none = TimerSample.of("", 0);
        assertThat(TimerSample.of("""
                        a_seconds_bucket{role="b",title="c",le="0.1"} 4
                        a_seconds_bucket{role="b",title="c",le="+Inf"} 4
                        a_seconds_count{role="b",title="c"} 4
                        a_seconds_sum{role="b",title="c"} 0.2
                        """, SECOND).since(none))
                .isEqualTo(JsonMapper.shared().readTree("""
                                [{"timer": "a", "of": "role=b,title=c", "perSecond": 4.0, "meanMillis": 50.0,
                                  "p50Millis": 100.0, "p99Millis": 100.0}]
                                """));
    }

    @Test
    void nothingHappensBetweenEqualSamples() {
        TimerSample before = TimerSample.of(BEFORE, 0);
        assertThat(TimerSample.of(BEFORE, SECOND).since(before)).isEmpty();
        assertThat(TimerSample.of("no metrics {\n\n", SECOND).since(before)).isEmpty();
    }
}
