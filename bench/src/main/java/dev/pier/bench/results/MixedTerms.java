package dev.pier.bench.results;

import com.ericsson.otp.erlang.OtpErlangDecodeException;
import com.ericsson.otp.erlang.OtpInputStream;
import com.ericsson.otp.erlang.OtpOutputStream;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.util.List;

/// Decodes and encodes terms that are typical for calls, many times: reading a thread's processor time takes as long
/// as six terms. For one thread.
final class MixedTerms {
    private static final int TIMES = 100;

    private static final List<byte[]> TERMS = List.of(
                    "{ok,#{id => 42,name => <<\"Joe\">>}}",
                    "[1,2,3,300,70000,5000000000]",
                    "{error,{badarg,[a,b,<<\"cdef\">>]}}",
                    "[1.5,2.5,-0.25]",
                    "{user,<<\"joe\">>,[admin,editor],#{<<\"k\">> => [1,{x,y}],nested => #{a => 1}},"
                            + "123456789012345678901234567890}",
                    "\"a list of characters\"",
                    "[<<\"one\">>,<<\"two\">>,<<\"three\">>]")
            .stream()
            .map(MixedTerms::encoded)
            .toList();

    static final int COUNT = TIMES * TERMS.size();

    private MixedTerms() {}

    private static byte[] encoded(String text) {
        EtfOutput out = new EtfOutput(64);
        TermEncoder.encode(Term.parse(text), out);
        return out.toByteArray();
    }

    static long byPier() {
        long bytes = 0;
        for (int time = 0; time < TIMES; time++) {
            for (byte[] each : TERMS) {
                EtfOutput out = new EtfOutput(64);
                TermEncoder.encode(EncodedTerm.of(each).decode(DecodeLimits.DEFAULT), out);
                bytes += out.size();
            }
        }
        return bytes;
    }

    static long byJInterface() throws OtpErlangDecodeException, IOException {
        long bytes = 0;
        for (int time = 0; time < TIMES; time++) {
            for (byte[] each : TERMS) {
                try (OtpInputStream in = new OtpInputStream(each);
                        OtpOutputStream out = new OtpOutputStream(in.read_any())) {
                    bytes += out.size();
                }
            }
        }
        return bytes;
    }
}
