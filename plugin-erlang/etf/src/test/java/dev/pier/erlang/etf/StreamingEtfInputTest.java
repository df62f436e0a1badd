package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamingEtfInputTest {
    private static final int ANY_SIZE = 1 << 20;

    private int given;

    /// The bytes in parts of that size; `given` counts those that were asked for.
    private StreamingEtfInput input(byte[] bytes, int partSize) {
        given = 0;
        return new StreamingEtfInput(() -> {
            if (given >= bytes.length) {
                return null;
            }
            int start = given;
            given = Math.min(bytes.length, given + partSize);
            return EncodedTerm.of(Arrays.copyOfRange(bytes, start, given));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 100_000})
    void aTermOfAnyKindIsReadWhole(int partSize) {
        for (Term term : RandomTerms.withRecords(partSize).list(500)) {
            byte[] bytes = TermEncoder.encode(term);
            StreamingEtfInput input = input(bytes, partSize);
            EncodedTerm whole = Objects.requireNonNull(input.poll(bytes.length));
            assertThat(whole.decode(DecodeLimits.DEFAULT)).isEqualTo(term);
            input.requireEnd();
        }
    }

    @Test
    void aTermThatIsTooLongStaysAndIsNotWaitedFor() {
        for (Term term : RandomTerms.withRecords(3).list(500)) {
            byte[] bytes = TermEncoder.encode(term);
            StreamingEtfInput input = input(bytes, 1);
            assertThat(input.poll(bytes.length - 1)).as("%s", term).isNull();
            assertThat(given).isLessThan(bytes.length);
            assertThat(Objects.requireNonNull(input.poll(bytes.length)).decode(DecodeLimits.DEFAULT))
                    .isEqualTo(term);
        }
    }

    @Test
    void oneTermAfterTheOther() {
        byte[] bytes = TermEncoder.encode(Term.parse("[{a,1},<<\"text\">>,2.5]"));
        StreamingEtfInput input = input(bytes, 3);
        assertThat(input.read1()).isEqualTo(Tag.LIST);
        assertThat(input.readCount()).isEqualTo(3);
        assertThat(input.poll(ANY_SIZE))
                .extracting(t -> t.decode(DecodeLimits.DEFAULT))
                .isEqualTo(Term.parse("{a,1}"));
        EncodedTerm text = Objects.requireNonNull(input.poll(ANY_SIZE)).copy();
        assertThat(input.poll(ANY_SIZE))
                .extracting(t -> t.decode(DecodeLimits.DEFAULT))
                .isEqualTo(Term.parse("2.5"));
        assertThat(text.decode(DecodeLimits.DEFAULT)).isEqualTo(Term.parse("<<\"text\">>"));
        assertThat(input.read1()).isEqualTo(Tag.NIL);
        input.requireEnd();
    }

    @Test
    void bytesAreCopiedAsTheyCome() throws IOException {
        byte[] bytes = new byte[1000];
        Arrays.fill(bytes, (byte) 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StreamingEtfInput input = input(bytes, 9);
        input.copyTo(out, 999);
        assertThat(out.toByteArray()).hasSize(999).containsOnly(7);
        assertThatThrownBy(input::requireEnd).isInstanceOf(MalformedTerm.class);
    }

    @Test
    void claimedBytesAreNotAllocated() {
        byte[] list = {Tag.LIST, -1, -1, -1, -1, Tag.NIL};
        assertThat(input(list, 1).poll(ANY_SIZE)).isNull();
        byte[] binary = {Tag.BINARY, -1, -1, -1, -1, 0};
        assertThat(input(binary, 1).poll(ANY_SIZE)).isNull();
        byte[] truncated = {Tag.BINARY, 0, 0, 0, 9, 0};
        assertThatThrownBy(() -> input(truncated, 1).poll(ANY_SIZE))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("truncated");
        byte[] unknown = {1, 2, 3};
        assertThatThrownBy(() -> input(unknown, 1).poll(ANY_SIZE)).isInstanceOf(MalformedTerm.class);
    }
}
