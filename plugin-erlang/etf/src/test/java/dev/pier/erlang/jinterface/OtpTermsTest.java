package dev.pier.erlang.jinterface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangBitstr;
import com.ericsson.otp.erlang.OtpErlangBoolean;
import com.ericsson.otp.erlang.OtpErlangByte;
import com.ericsson.otp.erlang.OtpErlangChar;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangExternalFun;
import com.ericsson.otp.erlang.OtpErlangFloat;
import com.ericsson.otp.erlang.OtpErlangFun;
import com.ericsson.otp.erlang.OtpErlangInt;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangMap;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpErlangPort;
import com.ericsson.otp.erlang.OtpErlangRef;
import com.ericsson.otp.erlang.OtpErlangShort;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpErlangUInt;
import com.ericsson.otp.erlang.OtpErlangUShort;
import com.ericsson.otp.erlang.OtpInputStream;
import com.ericsson.otp.erlang.OtpOutputStream;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.RandomTerms;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.ImproperList;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.LocalFun;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OtpTermsTest {
    private static final int COUNT = 10_000;
    private static final Atom NODE = Atom.of("a@b");

    @Test
    void aTermComesBackAsItWas() {
        List<Term> terms = RandomTerms.ofEveryKind(7).list(COUNT);
        long representable =
                terms.stream().filter(OtpTermsTest::hasNoShortReference).count();
        assertThat(representable).isGreaterThan(COUNT / 2);
        for (Term term : terms) {
            if (hasNoShortReference(term)) {
                assertThat((Object) OtpTerms.toTerm(OtpTerms.toOtp(term))).isEqualTo(term);
            }
        }
    }

    /// JInterface's own decoder is right but for ports, whose ids it takes for signed numbers.
    @Test
    void anObjectIsTheOneThatJInterfaceDecodes() throws Exception {
        int judged = 0;
        for (Term term : RandomTerms.ofEveryKind(8).list(COUNT)) {
            if (hasNoShortReference(term) && has(Port.class, term) == 0 && has(LocalFun.class, term) == 0) {
                assertThat((Object) OtpTerms.toOtp(term))
                        .isEqualTo(new OtpInputStream(TermEncoder.encode(term)).read_any());
                judged++;
            }
        }
        assertThat(judged).isGreaterThan(COUNT / 2);
    }

    static Stream<Arguments> objects() throws Exception {
        OtpErlangPid pid = new OtpErlangPid("a@b", 1, 2, -3);
        OtpErlangMap map = new OtpErlangMap();
        map.put(new OtpErlangAtom("k"), new OtpErlangLong(1));
        OtpErlangList list = new OtpErlangList(
                new OtpErlangObject[] {new OtpErlangAtom("a"), new OtpErlangAtom("b"), new OtpErlangAtom("c")});
        return Stream.of(
                arguments(new OtpErlangAtom("it's"), "'it\\'s'"),
                arguments(new OtpErlangBoolean(true), "true"),
                arguments(new OtpErlangByte((byte) -1), "-1"),
                arguments(new OtpErlangChar('x'), "120"),
                arguments(new OtpErlangShort((short) -2), "-2"),
                arguments(new OtpErlangUShort((short) 2), "2"),
                arguments(new OtpErlangInt(-3), "-3"),
                arguments(new OtpErlangUInt(3), "3"),
                arguments(new OtpErlangLong(Long.MIN_VALUE), Long.toString(Long.MIN_VALUE)),
                arguments(new OtpErlangLong(BigInteger.TWO.pow(100)), "1267650600228229401496703205376"),
                arguments(new OtpErlangLong(BigInteger.ONE), "1"),
                arguments(new OtpErlangFloat(0.5f), "0.5"),
                arguments(new OtpErlangDouble(1.0), "1.0"),
                arguments(new OtpErlangBinary(new byte[] {1, 2}), "<<1,2>>"),
                arguments(new OtpErlangBitstr(new byte[] {(byte) 0xff}, 5), "<<7:3>>"),
                arguments(new OtpErlangString(""), "[]"),
                arguments(new OtpErlangString("a\u20ac\ud83d\ude00"), "\"a\u20ac\ud83d\ude00\""),
                arguments(new OtpErlangList(), "[]"),
                arguments(list, "[a,b,c]"),
                arguments(list.getNthTail(1), "[b,c]"),
                arguments(new OtpErlangList(list.elements(), new OtpErlangAtom("d")), "[a,b,c|d]"),
                arguments(new OtpErlangList(list.elements(), list), "[a,b,c,a,b,c]"),
                arguments(new OtpErlangTuple(new OtpErlangObject[] {}), "{}"),
                arguments(new OtpErlangTuple(new OtpErlangObject[] {map, list}), "{#{k => 1},[a,b,c]}"),
                arguments(pid, new dev.pier.erlang.term.Pid(NODE, 1, 2, -3).toString()),
                arguments(new OtpErlangExternalFun("lists", "map", 2), "fun lists:map/2"));
    }

    @ParameterizedTest
    @MethodSource
    void objects(OtpErlangObject object, String text) {
        assertThat(OtpTerms.toTerm(object)).hasToString(text);
    }

    @Test
    void identitiesKeepEveryBit() {
        Port port = new Port(NODE, 0x1_8000_0005L, -1);
        OtpErlangPort theirs = (OtpErlangPort) OtpTerms.toOtp(port);
        assertThat(theirs.id()).isEqualTo(0x1_8000_0005L);
        assertThat((Object) OtpTerms.toTerm(theirs)).isEqualTo(port);

        Reference reference = new Reference(NODE, -7, -1, -2, -3, -4, -5);
        assertThat(((OtpErlangRef) OtpTerms.toOtp(reference)).ids()).containsExactly(-1, -2, -3, -4, -5);
        assertThat((Object) OtpTerms.toTerm(OtpTerms.toOtp(reference))).isEqualTo(reference);
    }

    @Test
    void aReferenceThatJInterfaceWouldChangeIsRefused() {
        assertThatThrownBy(() -> OtpTerms.toOtp(new Reference(NODE, 5, 1)))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("a reference of 1 words");
    }

    @Test
    void anIntegerMayBeAskedForInEachWidth() {
        Term number = Term.parse("65");
        assertThat(OtpTerms.toOtp(number, OtpErlangLong.class)).isEqualTo(new OtpErlangLong(65));
        assertThat(OtpTerms.toOtp(number, OtpErlangInt.class)).isExactlyInstanceOf(OtpErlangInt.class);
        assertThat(OtpTerms.toOtp(number, OtpErlangUInt.class)).isExactlyInstanceOf(OtpErlangUInt.class);
        assertThat(OtpTerms.toOtp(number, OtpErlangShort.class)).isExactlyInstanceOf(OtpErlangShort.class);
        assertThat(OtpTerms.toOtp(number, OtpErlangUShort.class)).isExactlyInstanceOf(OtpErlangUShort.class);
        assertThat(OtpTerms.toOtp(number, OtpErlangByte.class)).isExactlyInstanceOf(OtpErlangByte.class);
        assertThat(OtpTerms.toOtp(number, OtpErlangChar.class)).isExactlyInstanceOf(OtpErlangChar.class);
        assertThat(OtpTerms.toOtp(number, OtpErlangObject.class)).isExactlyInstanceOf(OtpErlangLong.class);
        assertThatThrownBy(() -> OtpTerms.toOtp(Term.parse("70000"), OtpErlangShort.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("expected OtpErlangShort, got OtpErlangLong");
    }

    @Test
    void aListMayBeAskedForAsListOrText() {
        assertThat(OtpTerms.toOtp(Term.parse("\"ab\""))).isEqualTo(new OtpErlangString("ab"));
        assertThat(OtpTerms.toOtp(Term.parse("\"ab\""), OtpErlangList.class))
                .isEqualTo(new OtpErlangList(new OtpErlangObject[] {new OtpErlangLong(97), new OtpErlangLong(98)}));
        assertThat(OtpTerms.toOtp(Term.parse("[8364,128512]"), OtpErlangString.class))
                .isEqualTo(new OtpErlangString("\u20ac\ud83d\ude00"));
        assertThat(OtpTerms.toOtp(ListTerm.EMPTY, OtpErlangString.class)).isEqualTo(new OtpErlangString(""));
        assertThatThrownBy(() -> OtpTerms.toOtp(Term.parse("[a]"), OtpErlangString.class))
                .isInstanceOf(UnexpectedTerm.class);
    }

    @Test
    void atomsAndFloatsMayBeAskedForAsTheirNarrowerKinds() {
        assertThat(OtpTerms.toOtp(Atom.TRUE, OtpErlangBoolean.class).booleanValue())
                .isTrue();
        assertThat(OtpTerms.toOtp(Atom.TRUE, OtpErlangAtom.class).atomValue()).isEqualTo("true");
        assertThat(OtpTerms.toOtp(new FloatTerm(0.5), OtpErlangFloat.class).doubleValue())
                .isEqualTo(0.5);
        assertThatThrownBy(() -> OtpTerms.toOtp(new FloatTerm(0.1), OtpErlangFloat.class))
                .isInstanceOf(UnexpectedTerm.class);
        assertThatThrownBy(() -> OtpTerms.toOtp(Atom.OK, OtpErlangBoolean.class))
                .isInstanceOf(UnexpectedTerm.class);
    }

    @Test
    void anObjectWithoutErlangFormIsRefused() {
        OtpErlangMap circle = new OtpErlangMap();
        circle.put(new OtpErlangAtom("self"), circle);
        assertThatThrownBy(() -> OtpTerms.toTerm(circle))
                .isInstanceOf(BadArgument.class)
                .hasMessageContaining("or a cycle");
        assertThatThrownBy(() -> OtpTerms.toTerm(new OtpErlangDouble(Double.NaN)))
                .isInstanceOf(BadArgument.class);
        OtpErlangPid pid = new OtpErlangPid("a@b", 1, 0, 4);
        assertThatThrownBy(() -> OtpTerms.toTerm(new OtpErlangFun(pid, "m", 0, 0, new OtpErlangObject[] {})))
                .as("a fun in the form that Erlang no longer supports")
                .isInstanceOf(BadArgument.class);
    }

    @Test
    void depthCostsNoStack() {
        Term deep = ListTerm.EMPTY;
        for (int i = 0; i < TreeMapper.MAX_DEPTH - 1; i++) {
            deep = ListTerm.of(deep);
        }
        assertThat((Object) OtpTerms.toTerm(OtpTerms.toOtp(deep))).isEqualTo(deep);
    }

    @Test
    void anApplicationsOwnKindGoesByItsEncodedForm() {
        assertThat(OtpTerms.toTerm(new Version(3))).hasToString("{version,3}");
    }

    private static final class Version extends OtpErlangObject {
        private static final long serialVersionUID = 1L;
        private final int number;

        Version(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "Version[" + number + "]";
        }

        @Override
        public void encode(OtpOutputStream out) {
            out.write_tuple_head(2);
            out.write_atom("version");
            out.write_int(number);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Version version && version.number == number;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    @Test
    void nativeRecordsAreRefused() {
        Term term = Term.parse("[{ok,#nr:point{x = 1}}]");
        assertThatThrownBy(() -> OtpTerms.toOtp(term))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("JInterface cannot represent a native record, got #nr:point{x = 1}");
    }

    private static boolean hasNoShortReference(Term term) {
        return term instanceof Reference reference
                ? reference.wordCount() >= 3
                : below(term).allMatch(OtpTermsTest::hasNoShortReference);
    }

    private static long has(Class<? extends Term> kind, Term term) {
        return kind.isInstance(term)
                ? 1
                : below(term).mapToLong(part -> has(kind, part)).sum();
    }

    private static Stream<Term> below(Term term) {
        return switch (term) {
            case Tuple(List<Term> elements) -> elements.stream();
            case ListTerm(List<Term> elements) -> elements.stream();
            case ImproperList(List<Term> elements, Term tail) -> Stream.concat(elements.stream(), Stream.of(tail));
            case MapTerm map -> map.pairs().stream();
            case LocalFun fun -> fun.free().stream();
            default -> Stream.empty();
        };
    }
}
