package dev.pier.bench.jinterfaceapp;

import com.ericsson.otp.erlang.OtpAuthException;
import com.ericsson.otp.erlang.OtpConnection;
import com.ericsson.otp.erlang.OtpErlangException;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpPeer;
import com.ericsson.otp.erlang.OtpSelf;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/// Opens a connection for each request, calls, and closes the connection. A node name can be used by one connection at
/// a time, and the peer notices the end of a connection late; new names for all requests would fill the peer's atom
/// table. So there are 4,000 names, used in turn.
@WebServlet("/each")
public final class PerRequest extends HttpServlet {
    private static final int NAMES = 4_000;

    private final transient Queue<String> names = new ConcurrentLinkedQueue<>(IntStream.range(0, NAMES)
            .mapToObj(number -> "each" + number + "@localhost")
            .toList());

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        long id = Long.parseLong(request.getParameter("id"));
        String name = names.remove();
        OtpErlangObject answer;
        try {
            answer = call(new OtpSelf(name, Node.COOKIE), Echo.of(new OtpErlangLong(id)));
        } catch (OtpAuthException | OtpErlangException e) {
            throw new ServletException(e);
        }
        names.add(name);
        Echo.write(answer, response);
    }

    private static OtpErlangObject call(OtpSelf self, OtpErlangObject argument)
            throws IOException, OtpAuthException, OtpErlangException {
        OtpConnection connection = self.connect(new OtpPeer(Node.PEER));
        try {
            connection.sendRPC("bench", "echo", new OtpErlangList(argument));
            return connection.receiveRPC();
        } finally {
            connection.close();
        }
    }
}
