package dev.pier.bench.jinterfaceapp;

import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpMbox;
import dev.pier.bench.driven.Drive;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Runs threads that send messages to `bench_sink`, which counts them, or to `bench_echo`, which sends them back. Each
/// has its own mailbox.
@WebServlet({"/drive/messages", "/drive/echo"})
public final class Messages extends HttpServlet {
    private static final int TIMEOUT_MILLIS = 5_000;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean echo = request.getServletPath().endsWith("echo");
        Drive.answer(request, response, echo ? Echoed::new : OneWay::new);
    }

    private static OtpErlangTuple message(OtpMbox from, long number) {
        return new OtpErlangTuple(new OtpErlangObject[] {from.self(), new OtpErlangLong(number), Echo.TEXT});
    }

    private static final class Echoed implements Drive.Caller {
        private final OtpMbox mailbox = Node.open().createMbox();

        @Override
        public void work(long number) throws Exception {
            OtpErlangTuple sent = message(mailbox, number);
            mailbox.send("bench_echo", Node.PEER, sent);
            OtpErlangObject answer = mailbox.receive(TIMEOUT_MILLIS);
            Drive.expect(sent.equals(answer), answer);
        }

        @Override
        public void finish() {
            mailbox.close();
        }
    }

    private static final class OneWay implements Drive.Caller {
        private final OtpMbox mailbox = Node.open().createMbox();
        private final Drive.Window window = new Drive.Window();

        @Override
        public void work(long number) throws Exception {
            mailbox.send("bench_sink", Node.PEER, message(mailbox, number));
            window.sent(number, this::awaitCount);
        }

        private long awaitCount() throws Exception {
            OtpErlangObject answer = mailbox.receive(TIMEOUT_MILLIS);
            Drive.expect(answer instanceof OtpErlangLong, answer);
            return ((OtpErlangLong) answer).longValue();
        }

        @Override
        public void finish() throws Exception {
            window.finish(this::awaitCount);
            mailbox.close();
        }
    }
}
