package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Random terms to a real node and back, each with the bytes that the node's `term_to_binary` gives it: the
/// terms are the same, and so are the bytes.
class TermsThroughNodeIT {
    private static final int OURS = 100_000;
    /// Erlang makes them more slowly than all the rest takes.
    private static final int THEIRS = 20_000;
    private static final int BATCH = 5_000;
    private static final long SEED = 4711;
    private static final HexFormat HEX = HexFormat.of();

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer peer;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        peer = node.peer(erlang).with(new CallOptions(Duration.ofMinutes(1)));
        try (InputStream source = TermsThroughNodeIT.class.getResourceAsStream("random_terms.erl")) {
            erlang.compile(new String(source.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /// Our bytes are those of OTP 25. Later releases read them, but write all ports in the wider form and small
    /// maps in another order of their keys; then the bytes have to be the same term at least.
    private static void sameBytes(Term term, Term theirs) {
        byte[] bytes = ((Binary) theirs).toByteArray();
        // The comparison that explains itself takes twenty times as long.
        if (!Arrays.equals(TermEncoder.encodeExternal(term), bytes)) {
            if (erlang.otpRelease() > 25
                    && TermDecoder.decodeExternal(bytes, DecodeLimits.DEFAULT).equals(term)) {
                return;
            }
            assertThat(HEX.formatHex(TermEncoder.encodeExternal(term)))
                    .as("%s", term)
                    .isEqualTo(HEX.formatHex(bytes));
        }
    }

    @Test
    void ourTermsComeBackWithOurBytes() {
        // From OTP 27 on a fun's creator is always the node's own first process.
        RandomTerms random = erlang.otpRelease() < 27 ? RandomTerms.ofEveryKind(SEED) : RandomTerms.withoutCode(SEED);
        for (int done = 0; done < OURS; done += BATCH) {
            List<Term> ours = random.list(BATCH);
            List<Term> theirs = elements(peer.call("random_terms", "with_bytes", ours));
            assertThat(theirs).hasSize(BATCH);
            for (int i = 0; i < BATCH; i++) {
                Tuple pair = (Tuple) theirs.get(i);
                assertThat(pair.get(0).equals(ours.get(i)))
                        .as("%s", ours.get(i))
                        .isTrue();
                sameBytes(ours.get(i), pair.get(1));
            }
        }
    }

    @Test
    void erlangsTermsHaveTheSameBytesHereAndThere() {
        for (int done = 0; done < THEIRS; done += BATCH) {
            List<Term> theirs = elements(peer.call("random_terms", "made", SEED + done, BATCH));
            assertThat(theirs).hasSize(BATCH);
            for (Term element : theirs) {
                Tuple pair = (Tuple) element;
                sameBytes(pair.get(0), pair.get(1));
                Term decoded = TermDecoder.decodeExternal(((Binary) pair.get(1)).toByteArray(), DecodeLimits.DEFAULT);
                assertThat(decoded.equals(pair.get(0))).as("%s", decoded).isTrue();
            }
        }
    }

    private static List<Term> elements(Reply reply) {
        return reply.as(ListTerm.class).elements();
    }
}
