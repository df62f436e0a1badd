package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.SmallJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Replies that are larger than the heap. `-Dlarge.reply.bytes=1000000000` makes them a gigabyte.
class LargeReplyIT {
    private static final long BYTES = Long.getLong("large.reply.bytes", 200_000_000);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @BeforeAll
    static void compile() {
        erlang.compile("""
                -module(s).
                -export([maps/1, blob/1]).
                maps(N) -> maps(N, []).
                maps(0, All) -> All;
                maps(I, All) -> maps(I - 1, [#{id => I, name => <<"a name of some length">>, ok => true} | All]).
                blob(N) -> binary:copy(<<"x">>, N).
                """);
    }

    private static long written(String form, long size) throws IOException, InterruptedException {
        Process java = SmallJvm.command(LargeReply.class, erlang, form, Long.toString(size))
                .redirectErrorStream(true)
                .start();
        String printed = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(java.waitFor(1, TimeUnit.MINUTES)).isTrue();
        String last = printed.substring(printed.lastIndexOf('\n') + 1);
        assertThat(java.exitValue()).as(printed).isZero();
        return Long.parseLong(last);
    }

    @Test
    void aBinaryLargerThanTheHeap() throws Exception {
        assertThat(written("bytes", BYTES)).isEqualTo(BYTES);
    }

    @Test
    void aListLargerThanTheHeap() throws Exception {
        // Each map takes 46 bytes as ETF and 52 to 57 as JSON.
        long maps = BYTES / 46;
        assertThat(written("json", maps)).isBetween(52 * maps, 60 * maps);
        assertThat(written("ndjson", maps)).isBetween(52 * maps, 60 * maps);
    }
}
