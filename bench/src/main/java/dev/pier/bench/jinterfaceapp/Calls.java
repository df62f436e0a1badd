package dev.pier.bench.jinterfaceapp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangTuple;
import dev.pier.bench.driven.Drive;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Calls `bench:echo/1` over and over, with a mailbox for each thread.
@WebServlet("/drive/calls")
public final class Calls extends HttpServlet {
    private static final OtpErlangBinary TEXT = new OtpErlangBinary("hello, world".getBytes(UTF_8));

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Drive.answer(request, response, Round::new);
    }

    private static final class Round implements Drive.Caller {
        private final Caller caller = new Caller();

        @Override
        public void work(long number) throws Exception {
            OtpErlangTuple sent = new OtpErlangTuple(new OtpErlangObject[] {new OtpErlangLong(number), TEXT});
            OtpErlangObject answer = caller.call("bench", "echo", sent);
            Drive.expect(answer.equals(sent), answer);
        }

        @Override
        public void finish() {
            caller.close();
        }
    }
}
