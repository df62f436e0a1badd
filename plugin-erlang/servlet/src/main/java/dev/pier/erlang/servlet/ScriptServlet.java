package dev.pier.erlang.servlet;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// Serves one script. Browsers keep it, and ask each time whether it has changed.
///
/// *Threads.* Safe for all threads.
final class ScriptServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final byte[] script;
    private final String tag;

    ScriptServlet(byte[] script) {
        this.script = script;
        CRC32C sum = new CRC32C();
        sum.update(script);
        this.tag = '"' + HexFormat.of().toHexDigits(sum.getValue(), 8) + '"';
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-cache");
        response.setHeader("ETag", tag);
        String known = request.getHeader("If-None-Match");
        if (known != null && Arrays.asList(known.split("\\s*,\\s*")).contains(tag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType("text/javascript;charset=utf-8");
        response.setContentLength(script.length);
        response.getOutputStream().write(script);
    }
}
