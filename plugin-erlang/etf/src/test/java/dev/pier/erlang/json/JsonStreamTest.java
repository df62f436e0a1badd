package dev.pier.erlang.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.RandomTerms;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.jackson.databind.EtfMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// A term that is written while it arrives has the same JSON as the whole term.
class JsonStreamTest {
    private static final JsonOptions PLAIN = JsonOptions.DEFAULT.withCharlistsAsText(false);

    private static StreamingEtfInput flow(byte[] bytes, int partSize) {
        int[] given = new int[1];
        return new StreamingEtfInput(() -> {
            if (given[0] >= bytes.length) {
                return null;
            }
            int start = given[0];
            given[0] = Math.min(bytes.length, start + partSize);
            return EncodedTerm.of(Arrays.copyOfRange(bytes, start, given[0]));
        });
    }

    private static String streamed(byte[] bytes, int partSize, JsonOptions options, int wholeBytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonOutput gathered = new JsonOutput(out);
        JsonStream json = new JsonStream(
                gathered, new JsonWriter(options, gathered, new AtomJsonCache()), DecodeLimits.DEFAULT, wholeBytes);
        json.write(flow(bytes, partSize));
        json.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void takenApartOrNotItIsTheSame() throws IOException {
        EtfValueMapper mapper = new EtfValueMapper(new EtfMapper(), PLAIN);
        int takenApart = 0;
        for (Term term : RandomTerms.withRecords(11).list(3000)) {
            byte[] bytes = TermEncoder.encode(term);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            mapper.writeJson(EncodedTerm.of(bytes), whole);
            for (int wholeBytes : new int[] {1024, 1 << 20}) {
                takenApart += bytes.length > wholeBytes ? 1 : 0;
                assertThat(streamed(bytes, 13, PLAIN, wholeBytes))
                        .as("%s", term)
                        .isEqualTo(whole.toString(StandardCharsets.UTF_8));
            }
        }
        assertThat(takenApart).isGreaterThan(10);
    }

    @Test
    void theNameOfAStructIsLeftOutWhereverItIs() throws IOException {
        String fields = "a => [1,2],'__struct__' => 'Elixir.User',z => <<\"" + "x".repeat(50) + "\">>";
        Term term = Term.parse("#{b => #{" + fields + "},c => #{'__struct__' => 1,y => 2},'__struct_' => a}");
        byte[] bytes = TermEncoder.encode(term);
        for (int part = 1; part < 20; part++) {
            for (int wholeBytes : new int[] {10, 60, 1000}) {
                assertThat(streamed(bytes, part, PLAIN, wholeBytes))
                        .doesNotContain("Elixir.User")
                        .contains("\"z\":\"xxx", "\"a\":[1,2]", "\"__struct__\":1", "\"__struct_\":\"a\"");
                assertThat(streamed(bytes, part, PLAIN.withStructNames(true), wholeBytes))
                        .contains("\"__struct__\":\"Elixir.User\"");
            }
        }
    }

    @Test
    void aLongListIsAnArrayOfAnyElements() throws IOException {
        byte[] bytes = TermEncoder.encode(Term.parse("[" + "955,".repeat(99) + "955]"));
        assertThat(streamed(bytes, 10, JsonOptions.DEFAULT, 1 << 20)).startsWith("\"λλ");
        assertThat(streamed(bytes, 10, JsonOptions.DEFAULT, 100)).startsWith("[955,955,");
    }

    @Test
    void hostileShapesAreBounded() {
        byte[] deep = new byte[5 * 20_000];
        for (int i = 0; i < deep.length; i += 5) {
            deep[i] = Tag.LIST;
            deep[i + 4] = 1;
        }
        assertThatThrownBy(() -> streamed(deep, 1000, PLAIN, 100))
                .isInstanceOf(MalformedTerm.class)
                .hasMessageContaining("depth");
        byte[] binary = {Tag.BINARY, 0x7f, 0, 0, 0, 1};
        assertThatThrownBy(() -> streamed(binary, 1, PLAIN, 100))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("writeBytes");
        String name = "7603fc" + "f09f9880".repeat(255);
        byte[] names = HexFormat.of().parseHex("430000ffff01" + "7700".repeat(2) + name.repeat(70));
        assertThatThrownBy(() -> streamed(names, 1000, PLAIN, 100))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("its names have more than 65536 bytes");
        assertThatThrownBy(() -> streamed(HexFormat.of().parseHex("43ffffffff01770077006101"), 1, PLAIN, 10))
                .isInstanceOf(MalformedTerm.class)
                .hasMessage("tag 97: expected an atom");
    }
}
