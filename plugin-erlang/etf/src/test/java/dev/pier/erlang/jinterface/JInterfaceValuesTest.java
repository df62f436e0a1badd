package dev.pier.erlang.jinterface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangTuple;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// JInterface's objects as arguments and as the requested types of replies.
class JInterfaceValuesTest {
    private static final ValueMapper MAPPER = new EtfValueMapper();
    private static final OtpErlangTuple POINT = new OtpErlangTuple(
            new OtpErlangObject[] {new OtpErlangAtom("point"), new OtpErlangLong(1), new OtpErlangString("x")});

    record Holder(OtpErlangTuple otp, String text) {}

    private static EncodedTerm encoded(@Nullable Object value) {
        EtfOutput out = new EtfOutput(64);
        MAPPER.write(value, out);
        return EncodedTerm.of(out.toByteArray());
    }

    private static String written(@Nullable Object value) {
        return encoded(value).decode(DecodeLimits.DEFAULT).toString();
    }

    private static @Nullable Object read(String term, Class<?> type) {
        return MAPPER.read(EncodedTerm.of(Term.parse(term)), type);
    }

    @Test
    void anObjectIsAnArgument() {
        assertThat(written(POINT)).isEqualTo("{point,1,\"x\"}");
        assertThat(written(List.of(1, POINT))).isEqualTo("[1,{point,1,\"x\"}]");
        assertThat(written(Map.of("p", new OtpErlangList()))).isEqualTo("#{<<\"p\">> => []}");
        assertThat(written(new Holder(POINT, "t"))).isEqualTo("#{otp => {point,1,\"x\"},text => <<\"t\">>}");
    }

    @Test
    void anAnswerIsAnObject() {
        assertThat(read("{point,1,\"x\"}", OtpErlangTuple.class)).isEqualTo(POINT);
        assertThat(read("{point,1,\"x\"}", OtpErlangObject.class)).isEqualTo(POINT);
        assertThat(read("#{otp => {point,1,\"x\"},text => <<\"t\">>}", Holder.class))
                .isEqualTo(new Holder(POINT, "t"));
    }

    @Test
    void theAtomsThatStandForNullAreAtomsHere() {
        assertThat(read("undefined", OtpErlangAtom.class)).isEqualTo(new OtpErlangAtom("undefined"));
        assertThat(read("nil", OtpErlangObject.class)).isEqualTo(new OtpErlangAtom("nil"));
    }

    @Test
    void anObjectOfAnotherKindIsNoAnswer() {
        assertThatThrownBy(() -> read("ok", OtpErlangTuple.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageContaining("expected OtpErlangTuple, got OtpErlangAtom");
    }

    @Test
    void aBadPartIsRefusedBeforeAnythingIsSent() {
        assertThatThrownBy(() -> written(List.of(new OtpErlangDouble(Double.NaN))))
                .isInstanceOf(BadArgument.class);
    }

    /// A class path on which every class is but JInterface's.
    private static final class WithoutJInterface extends URLClassLoader {
        WithoutJInterface() {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(JInterface.PACKAGE)) {
                throw new ClassNotFoundException(name);
            }
            return super.findClass(name);
        }

        private static URL[] classPath() {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
                try {
                    urls.add(Path.of(entry).toUri().toURL());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
            return urls.toArray(URL[]::new);
        }
    }

    /// Runs within that class path.
    public static final class Probe implements java.util.concurrent.Callable<String> {
        @Override
        public String call() {
            record User(String name, List<Integer> scores) {}
            EtfValueMapper mapper = new EtfValueMapper();
            EtfOutput out = new EtfOutput(64);
            mapper.write(new User("Ann", List.of(1, 2)), out);
            EncodedTerm term = EncodedTerm.of(out.toByteArray());
            return JInterface.isPresent() + " " + term.decode(DecodeLimits.DEFAULT) + " "
                    + mapper.read(term, User.class);
        }
    }

    @Test
    void withoutTheJarAllElseWorks() throws Exception {
        assertThat(new Probe().call()).startsWith("true ");
        try (WithoutJInterface bare = new WithoutJInterface()) {
            Object probe = bare.loadClass(Probe.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(((java.util.concurrent.Callable<?>) probe).call())
                    .isEqualTo("false #{name => <<\"Ann\">>,scores => [1,2]} User[name=Ann, scores=[1, 2]]");
        }
    }
}
