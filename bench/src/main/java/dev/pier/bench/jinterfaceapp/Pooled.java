package dev.pier.bench.jinterfaceapp;

import com.ericsson.otp.erlang.OtpErlangException;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangObject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Makes each request's call with a mailbox from a pool.
@WebServlet("/pooled")
public final class Pooled extends HttpServlet {
    private final transient Queue<Caller> idle = new ConcurrentLinkedQueue<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        long id = Long.parseLong(request.getParameter("id"));
        Caller caller = idle.poll();
        if (caller == null) {
            caller = new Caller();
        }
        OtpErlangObject answer;
        try {
            answer = caller.call("bench", "echo", Echo.of(new OtpErlangLong(id)));
        } catch (OtpErlangException e) {
            caller.close();
            throw new ServletException(e);
        }
        idle.add(caller);
        Echo.write(answer, response);
    }
}
