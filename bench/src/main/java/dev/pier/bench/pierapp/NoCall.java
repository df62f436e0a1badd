package dev.pier.bench.pierapp;

import dev.pier.bench.driven.Answer;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// What [Call] answers, without a call: nothing that calls can be faster.
@WebServlet("/nocall")
public final class NoCall extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer.write(Long.parseLong(request.getParameter("id")), "hello, world", response);
    }
}
