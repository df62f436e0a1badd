package dev.pier.bench.jinterfaceapp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangTuple;
import dev.pier.bench.driven.Answer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// The term that is sent, `{Number, <<"hello, world">>}`, and the response for its answer.
final class Echo {
    static final OtpErlangBinary TEXT = new OtpErlangBinary("hello, world".getBytes(UTF_8));

    private Echo() {}

    static OtpErlangTuple of(OtpErlangObject first) {
        return new OtpErlangTuple(new OtpErlangObject[] {first, TEXT});
    }

    static void write(OtpErlangObject answer, HttpServletResponse response) throws ServletException, IOException {
        if (answer instanceof OtpErlangTuple tuple
                && tuple.elementAt(0) instanceof OtpErlangLong number
                && tuple.elementAt(1) instanceof OtpErlangBinary text) {
            Answer.write(number.longValue(), new String(text.binaryValue(), UTF_8), response);
        } else {
            throw new ServletException("unexpected answer: " + answer);
        }
    }
}
