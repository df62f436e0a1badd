package dev.pier.bench.pierapp;

import dev.pier.bench.driven.Answer;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Returns the same response as [Call] without a call: the upper limit for pages that call.
@WebServlet("/nocall")
public final class NoCall extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer.write(Long.parseLong(request.getParameter("id")), "hello, world", response);
    }
}
