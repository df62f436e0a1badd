package dev.pier.bench.jvm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangDecodeException;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpInputStream;
import com.ericsson.otp.erlang.OtpOutputStream;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.EncodedSignal;
import dev.pier.erlang.dist.FrameEncoder;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Encodes the call `bench:echo({1700, <<"hello, world">>})` and decodes its answer. For JInterface, the call is a
/// message to `rex`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallCodec {
    private static final Atom NODE = Atom.of("bench@localhost");

    private final FrameEncoder encoder = new FrameEncoder(new Capabilities(0));
    private final Pid self = new Pid(NODE, 1, 2, 3);
    private final Reference id = new Reference(NODE, 3, 1, 2, 3);
    private final Term number = IntegerTerm.of(1700);
    private final Term text = Binary.of("hello, world");
    private final OtpErlangPid otpSelf = new OtpErlangPid("bench@localhost", 1, 2, 3);
    private final OtpErlangBinary otpText = new OtpErlangBinary("hello, world".getBytes(UTF_8));
    private final byte[] answer = TermEncoder.encodeExternal(Tuple.of(id, Atom.of("return"), Tuple.of(number, text)));

    @Benchmark
    public EncodedSignal pierEncodesCall() {
        ControlMessage request = new ControlMessage.SpawnRequest(
                id, self, self, Atom.of("erpc"), Atom.of("execute_call"), 4, List.of(Atom.of("monitor")));
        Term call = ListTerm.of(id, Atom.of("bench"), Atom.of("echo"), ListTerm.of(Tuple.of(number, text)));
        return encoder.encode(self, request, call);
    }

    @Benchmark
    public byte[] jinterfaceEncodesCall() {
        OtpErlangTuple argument = new OtpErlangTuple(new OtpErlangObject[] {new OtpErlangLong(1700), otpText});
        OtpErlangTuple call = new OtpErlangTuple(new OtpErlangObject[] {
            new OtpErlangAtom("call"),
            new OtpErlangAtom("bench"),
            new OtpErlangAtom("echo"),
            new OtpErlangList(argument),
            new OtpErlangAtom("user")
        });
        OtpOutputStream out = new OtpOutputStream(new OtpErlangTuple(new OtpErlangObject[] {otpSelf, call}));
        return out.toByteArray();
    }

    @Benchmark
    public Term pierDecodesAnswer() {
        return TermDecoder.decodeExternal(answer, DecodeLimits.DEFAULT);
    }

    @Benchmark
    public OtpErlangObject jinterfaceDecodesAnswer() throws OtpErlangDecodeException {
        return new OtpInputStream(answer).read_any();
    }
}
