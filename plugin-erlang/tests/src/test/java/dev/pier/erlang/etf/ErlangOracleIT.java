package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Erlang as judge of the text of tens of thousands of random terms, both ways. Of their bytes:
/// [TermsThroughNodeIT].
class ErlangOracleIT {
    private static final int COUNT = 20_000;
    private static final long SEED = 4711;
    private static final HexFormat HEX = HexFormat.of();

    @TempDir
    Path folder;

    private ErlangOracle oracle;

    @BeforeEach
    void startOracle() throws IOException {
        oracle = new ErlangOracle(folder);
    }

    @Test
    void erlangPrintsTheSameText() throws Exception {
        List<Term> terms = RandomTerms.ofData(SEED + 1).list(COUNT);
        List<byte[]> theirs =
                oracle.text(terms.stream().map(TermEncoder::encodeExternal).toList());
        assertThat(theirs).hasSize(COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat(new String(theirs.get(i), StandardCharsets.UTF_8))
                    .isEqualTo(terms.get(i).toString());
        }
    }

    @Test
    void erlangReadsThePrintedText() throws Exception {
        List<Term> terms = RandomTerms.ofData(SEED + 2).list(COUNT);
        List<byte[]> texts = terms.stream()
                .map(term -> term.toString().getBytes(StandardCharsets.UTF_8))
                .toList();
        List<byte[]> theirs = oracle.parse(texts);
        assertThat(theirs).hasSize(COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat(HEX.formatHex(theirs.get(i)))
                    .as("%s", terms.get(i))
                    .isEqualTo(HEX.formatHex(TermEncoder.encodeExternal(terms.get(i))));
        }
    }
}
