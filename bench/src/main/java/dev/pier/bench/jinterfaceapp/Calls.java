package dev.pier.bench.jinterfaceapp;

import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangTuple;
import dev.pier.bench.driven.Drive;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Runs threads that call `bench:echo/1`, each with its own mailbox.
@WebServlet("/drive/calls")
public final class Calls extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Drive.answer(request, response, Round::new);
    }

    private static final class Round implements Drive.Caller {
        private final Caller caller = new Caller();

        @Override
        public void work(long number) throws Exception {
            OtpErlangTuple sent = Echo.of(new OtpErlangLong(number));
            OtpErlangObject answer = caller.call("bench", "echo", sent);
            Drive.expect(answer.equals(sent), answer);
        }

        @Override
        public void finish() {
            caller.close();
        }
    }
}
