package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Term;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Object code as OTP's compiler writes it; modules of a real node are read in `RecordNamesIT`.
class BeamRecordsTest {
    /// SEEN: OTP 25, `-record(user, {id, name = <<>>, tags = [] :: [atom()], more :: any()}).` and others.
    private static final String FORMS = """
            [{attribute,1,file,{"users.erl",1}},
             {attribute,1,module,users},
             {attribute,3,record,{user,[
                {record_field,3,{atom,3,id}},
                {record_field,3,{atom,3,name},{bin,3,[]}},
                {typed_record_field,{record_field,3,{atom,3,tags},{nil,3}},{type,3,list,[{type,3,atom,[]}]}},
                {typed_record_field,{record_field,3,{atom,3,more}},{type,3,any,[]}}]}},
             {attribute,4,record,{none,[]}},
             {attribute,5,record,{odd,[{no_field,5}]}},
             {attribute,6,record,odd},
             {function,7,f,0,[{clause,7,[],[],[{record,7,user,[]}]}]},
             {eof,8}]""";

    private static byte[] chunk(String id, byte[] data) {
        int padded = data.length + 3 & ~3;
        return ByteBuffer.allocate(8 + padded)
                .put(id.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(data.length)
                .put(data)
                .array();
    }

    private static byte[] beam(byte[]... chunks) throws IOException {
        var body = new ByteArrayOutputStream();
        body.write("BEAM".getBytes(StandardCharsets.ISO_8859_1));
        for (byte[] chunk : chunks) {
            body.write(chunk);
        }
        return chunk("FOR1", body.toByteArray());
    }

    private static byte[] withDebugInfo(String info) throws IOException {
        return beam(
                chunk("AtU8", new byte[] {1, 2, 3}),
                chunk("Dbgi", Term.parse(info).encode()),
                chunk("Docs", new byte[4]));
    }

    @Test
    void recordsAreFoundAmongTheForms() throws IOException {
        byte[] beam = withDebugInfo("{debug_info_v1,erl_abstract_code,{" + FORMS + ",[debug_info]}}");
        RecordDefinitions expected =
                RecordDefinitions.parse("-record(user, {id, name, tags, more}). -record(none, {}).");
        assertThat(BeamRecords.read("users", beam)).isEqualTo(expected);

        var zipped = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(zipped)) {
            out.write(beam);
        }
        assertThat(BeamRecords.read("users", zipped.toByteArray())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{debug_info_v1,erl_abstract_code,{none,[]}}",
                "{debug_info_v1,elixir_erl,none}",
                "{debug_info_v1,elixir_erl,{elixir_v1,#{},[]}}",
                "none"
            })
    void modulesWithoutErlangSourceAreNamed(String info) throws IOException {
        byte[] beam = withDebugInfo(info);
        assertThatThrownBy(() -> BeamRecords.read("users", beam))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("the module users has no debug information");
        byte[] stripped = beam(chunk("AtU8", new byte[3]));
        assertThatThrownBy(() -> BeamRecords.read("users", stripped)).isInstanceOf(UnexpectedTerm.class);
    }

    @Test
    void otherBytesAreRefused() throws IOException {
        byte[] beam = withDebugInfo("{debug_info_v1,erl_abstract_code,{" + FORMS + ",[]}}");
        int afterDebugInfo = 12;
        for (int length = 0; length < beam.length - afterDebugInfo - 4; length++) {
            byte[] cut = Arrays.copyOf(beam, length);
            assertThatThrownBy(() -> BeamRecords.read("users", cut))
                    .isInstanceOfAny(MalformedTerm.class, UnexpectedTerm.class);
        }
        byte[] hugeChunk =
                beam(ByteBuffer.allocate(12).putInt(0x41424344).putInt(-1).array());
        assertThatThrownBy(() -> BeamRecords.read("users", hugeChunk)).isInstanceOf(MalformedTerm.class);
        byte[] notZipped = {0x1f, (byte) 0x8b, 1};
        assertThatThrownBy(() -> BeamRecords.read("users", notZipped)).isInstanceOf(MalformedTerm.class);
    }
}
