package dev.pier.testkit.app;

import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.StreamingResponse;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Sends the rows of `reports:rows()` as events.
@WebServlet("/rows")
public class Rows extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/reports")
    private transient Peer reports;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        StreamingResponse.to(response).events(reports.stream("reports", "rows"));
    }
}
