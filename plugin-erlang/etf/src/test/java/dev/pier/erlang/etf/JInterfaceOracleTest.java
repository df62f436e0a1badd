package dev.pier.erlang.etf;

import static org.assertj.core.api.Assertions.assertThat;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangBitstr;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangExternalFun;
import com.ericsson.otp.erlang.OtpErlangFun;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangMap;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpErlangPort;
import com.ericsson.otp.erlang.OtpErlangRef;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpInputStream;
import com.ericsson.otp.erlang.OtpOutputStream;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Bitstring;
import dev.pier.erlang.term.ExternalFun;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.LocalFun;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.RecordTerm;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// JInterface as an oracle: each side reads the terms that the other one writes, part by part.
class JInterfaceOracleTest {
    private static final int COUNT = 10_000;

    @Test
    void jinterfaceAndPierReadEachOthersBytes() throws Exception {
        List<Term> terms = RandomTerms.ofEveryKind(99).list(COUNT).stream()
                .filter(term -> !hasPortThatJInterfaceMisreads(term))
                .toList();
        assertThat(terms).hasSizeGreaterThan(COUNT / 2);
        for (Term term : terms) {
            OtpErlangObject theirs = new OtpInputStream(TermEncoder.encode(term)).read_any();
            assertSame(term, theirs);
            var written = new OtpOutputStream();
            written.write_any(theirs);
            byte[] bytes = written.toByteArray();
            Term back = TermDecoder.decode(new EtfInput(bytes, 0, bytes.length, new Atom[0], DecodeLimits.DEFAULT));
            assertThat(back.equals(term)).as("%s came back as %s", term, back).isTrue();
        }
    }

    /// It takes the low half of an id for a signed number.
    private static boolean hasPortThatJInterfaceMisreads(Term term) {
        return switch (term) {
            case Port port -> (int) port.id() < 0;
            case Tuple(List<Term> elements) -> anyPort(elements);
            case ListTerm(List<Term> elements) -> anyPort(elements);
            case ImproperList(List<Term> elements, Term tail) ->
                anyPort(elements) || hasPortThatJInterfaceMisreads(tail);
            case MapTerm map -> anyPort(map.pairs());
            case LocalFun fun -> anyPort(fun.free());
            default -> false;
        };
    }

    private static boolean anyPort(List<Term> terms) {
        return terms.stream().anyMatch(JInterfaceOracleTest::hasPortThatJInterfaceMisreads);
    }

    private static void assertSame(Term ours, OtpErlangObject theirs) throws Exception {
        switch (ours) {
            case Atom(String name) ->
                assertThat(((OtpErlangAtom) theirs).atomValue()).isEqualTo(name);
            case IntegerTerm(long value) ->
                assertThat(((OtpErlangLong) theirs).bigIntegerValue()).isEqualTo(BigInteger.valueOf(value));
            case BigIntegerTerm(BigInteger value) ->
                assertThat(((OtpErlangLong) theirs).bigIntegerValue()).isEqualTo(value);
            case FloatTerm(double value) ->
                assertThat(((OtpErlangDouble) theirs).doubleValue()).isEqualTo(value);
            case Binary binary ->
                assertThat(((OtpErlangBinary) theirs).binaryValue()).isEqualTo(binary.toByteArray());
            case Bitstring(Binary bytes, int lastBits) -> {
                assertThat(((OtpErlangBitstr) theirs).binaryValue()).isEqualTo(bytes.toByteArray());
                assertThat(((OtpErlangBitstr) theirs).pad_bits()).isEqualTo(8 - lastBits);
            }
            case Tuple(List<Term> elements) -> assertSame(elements, ((OtpErlangTuple) theirs).elements());
            case ListTerm list -> assertSameList(list, theirs);
            case ImproperList(List<Term> elements, Term tail) -> {
                assertSame(elements, ((OtpErlangList) theirs).elements());
                assertSame(tail, ((OtpErlangList) theirs).getLastTail());
            }
            case MapTerm map -> {
                assertThat(((OtpErlangMap) theirs).arity()).isEqualTo(map.size());
                for (var entry : ((OtpErlangMap) theirs).entrySet()) {
                    Term key = map.entries().keySet().stream()
                            .filter(candidate -> sameKey(candidate, entry.getKey()))
                            .findFirst()
                            .orElseThrow();
                    assertSame(map.get(key).orElseThrow(), entry.getValue());
                }
            }
            case Pid pid -> {
                assertThat(((OtpErlangPid) theirs).node()).isEqualTo(pid.node().name());
                assertThat(((OtpErlangPid) theirs).id()).isEqualTo(pid.id());
                assertThat(((OtpErlangPid) theirs).serial()).isEqualTo(pid.serial());
                assertThat(((OtpErlangPid) theirs).creation()).isEqualTo(pid.creation());
            }
            case Port port -> {
                assertThat(((OtpErlangPort) theirs).node())
                        .isEqualTo(port.node().name());
                assertThat(((OtpErlangPort) theirs).creation()).isEqualTo(port.creation());
            }
            case RecordTerm _ -> throw new AssertionError("JInterface has no native records");
            case Reference reference -> {
                int[] words = ((OtpErlangRef) theirs).ids();
                assertThat(new Reference(
                                Atom.of(((OtpErlangRef) theirs).node()), ((OtpErlangRef) theirs).creation(), words))
                        .isEqualTo((Object) reference);
            }
            case ExternalFun fun ->
                assertThat(theirs)
                        .isEqualTo(new OtpErlangExternalFun(
                                fun.module().name(), fun.function().name(), fun.arity()));
            // Its parts cannot be asked for; the way back shows them.
            case LocalFun fun -> assertThat(theirs).as("%s", fun).isInstanceOf(OtpErlangFun.class);
        }
    }

    private static void assertSameList(ListTerm list, OtpErlangObject theirs) throws Exception {
        if (theirs instanceof OtpErlangString string) {
            assertThat(list.bytes().orElseThrow().toByteArray())
                    .isEqualTo(string.stringValue().getBytes(StandardCharsets.ISO_8859_1));
        } else {
            assertSame(list.elements(), ((OtpErlangList) theirs).elements());
        }
    }

    private static void assertSame(List<Term> ours, OtpErlangObject[] theirs) throws Exception {
        assertThat(theirs).hasSameSizeAs(ours);
        for (int i = 0; i < theirs.length; i++) {
            assertSame(ours.get(i), theirs[i]);
        }
    }

    /// The keys of random maps are integers, atoms and binaries.
    private static boolean sameKey(Term ours, OtpErlangObject theirs) {
        return switch (theirs) {
            case OtpErlangLong integer -> ours.equals(IntegerTerm.of(integer.bigIntegerValue()));
            case OtpErlangAtom atom -> ours.equals(Atom.of(atom.atomValue()));
            case OtpErlangBinary binary -> ours.equals(Binary.of(binary.binaryValue()));
            default -> false;
        };
    }
}
