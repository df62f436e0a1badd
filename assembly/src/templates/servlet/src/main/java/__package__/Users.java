package @{new.package};

import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.servlet.JsonResponses;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

@WebServlet("/users")
public class Users extends HttpServlet {
    @Resource(name = "erlang/backend") // the peer in server.conf
    private transient Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Reply user = backend.call("@{new.module}", "find", request.getParameter("id"));
        if (user.asOptional(Map.class).isEmpty()) {
            response.sendError(404);
        } else {
            JsonResponses.write(user, response);
        }
    }
}
