package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `term_to_binary` and `binary_to_term` as applications reach them.
class EtfTermCodecTest {
    private static final Atom OTHER = Atom.of("other");

    @Test
    void termsAreEncodedAsErlangDoes() {
        byte[] bytes = Term.parse("{ok,<<\"x\">>}").encode();
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("83680277026f6b6d0000000178");
        assertThat((Object) Term.decode(bytes)).isEqualTo(Term.parse("{ok,<<\"x\">>}"));
        for (Term term : RandomTerms.withRecords(1).list(300)) {
            assertThat(Term.decode(term.encode()).equals(term)).isTrue();
        }
    }

    /// @param size of the inflated term, without the 131
    private static byte[] compressed(byte[] external) throws Exception {
        var bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {(byte) 131, 80});
        bytes.write(ByteBuffer.allocate(4).putInt(external.length - 1).array());
        try (var deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(external, 1, external.length - 1);
        }
        return bytes.toByteArray();
    }

    @Test
    void compressedTermsAreRead() throws Exception {
        Term text = Term.parse("[" + "100000,".repeat(1000) + "1]");
        assertThat(Term.decode(compressed(text.encode())).equals(text)).isTrue();
        assertThat(Term.decodeSafe(compressed(text.encode()), Set.of()).equals(text))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "83", "61", "8361", "836101ff", "8350", "835000000001", "8383 6101"})
    void otherBytesAreRefused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatThrownBy(() -> Term.decode(bytes))
                .isInstanceOfSatisfying(
                        MalformedTerm.class, e -> assertThat(e.maybeExecuted()).isFalse());
        assertThatThrownBy(() -> Term.decodeSafe(bytes, Set.of())).isInstanceOf(MalformedTerm.class);
    }

    @Test
    void aTermThatIsTooDeepIsNotEncoded() {
        Term deep = ListTerm.EMPTY;
        for (int i = 0; i <= 10_000; i++) {
            deep = ListTerm.of(deep);
        }
        assertThatThrownBy(deep::encode).isInstanceOf(BadArgument.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ok,true,false,1,1.5,\"text\",<<1:3>>,12345678901234567890}",
                "#{ok => [ok|ok]}",
                "#ok:ok{ok = [ok]}",
                "[[[[ok]]]]"
            })
    void safeTermsHaveKnownAtoms(String text) {
        Term term = Term.parse(text);
        assertThat((Object) Term.decodeSafe(term.encode(), Set.of(Atom.OK))).isEqualTo(term);
        assertThatThrownBy(() -> Term.decodeSafe(term.encode(), Set.of(OTHER)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessage("an atom is not among the known ones: ok");
    }

    static Stream<Term> withOtherAtoms() {
        Atom ok = Atom.OK;
        return Stream.concat(
                Stream.of(
                        new Pid(OTHER, 1, 2, 3),
                        new Port(OTHER, 1, 2),
                        new Reference(OTHER, 1, 2),
                        Tuple.of(ok, OTHER)),
                Stream.of(
                                "[ok,other]",
                                "[ok|other]",
                                "[other|ok]",
                                "#{other => 1}",
                                "#{1 => other}",
                                "#other:ok{}",
                                "#ok:other{}",
                                "#ok:ok{other = 1}",
                                "#ok:ok{ok = other}")
                        .map(Term::parse));
    }

    @ParameterizedTest
    @MethodSource("withOtherAtoms")
    void otherAtomsAreNotSafe(Term term) {
        assertThatThrownBy(() -> Term.decodeSafe(term.encode(), Set.of(Atom.OK)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessage("an atom is not among the known ones: other");
        assertThat((Object) Term.decodeSafe(term.encode(), Set.of(Atom.OK, OTHER)))
                .isEqualTo(term);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        8371 77026f6b 77026f6b 6101            | a fun is not safe: fun ok:ok/1
        8350 40000000 00                       | limit bytes
        836f 000001a0 00 [1a0]                 | limit digits
        """)
    void whatIsNotSafeIsRefused(String hex, String message) {
        byte[] bytes =
                HexFormat.of().parseHex(hex.replace("[1a0]", "ff".repeat(0x1a0)).replace(" ", ""));
        assertThatThrownBy(() -> Term.decodeSafe(bytes, Set.of(Atom.OK)))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining(message);
    }

    @Test
    void safeTermsAreShallow() {
        byte[] deep = HexFormat.of().parseHex("83" + "6801".repeat(101) + "6a");
        assertThatThrownBy(() -> Term.decodeSafe(deep, Set.of()))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("limit depth");
        assertThat(Term.decode(deep)).isInstanceOf(Tuple.class);
    }
}
