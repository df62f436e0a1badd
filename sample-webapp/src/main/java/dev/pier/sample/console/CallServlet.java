package dev.pier.sample.console;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Problem;
import dev.pier.sample.web.RequestBody;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `POST /call/{module}/{function}` with a JSON array of arguments: calls the function and returns its result as JSON.
///
/// Only the functions that the application's configuration lists can be called.
@WebServlet(urlPatterns = "/call/*", loadOnStartup = 1)
public final class CallServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/backend")
    Peer backend;

    private AllowedFunctions allowed = AllowedFunctions.NONE;

    @Override
    public void init() throws ServletException {
        allowed = AllowedFunctions.of(getServletContext());
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            String[] function = allowedFunction(request);
            Object[] arguments = JsonArguments.of(RequestBody.text(request));
            JsonResponses.write(backend.call(function[0], function[1], arguments), response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        } catch (BadArgument e) {
            // The arguments come from the client, so the error is the client's: 400, not the 500 for other callers.
            Problem.send(response, 400, String.valueOf(e.getMessage()));
        }
    }

    /// Module and function from the path, checked before the body is read.
    private String[] allowedFunction(HttpServletRequest request) throws BadRequest {
        String path = request.getPathInfo();
        String[] names = path == null ? new String[0] : path.substring(1).split("/", -1);
        if (names.length != 2) {
            throw new BadRequest(404, "the path must be /call/{module}/{function}");
        }
        allowed.check(names[0] + ":" + names[1]);
        return names;
    }
}
