import dev.pier.erlang.ErlangNode;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;

/** Counts the visits of a browser, whichever server it comes to. */
@WebServlet("/visits")
public class Visits extends HttpServlet {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpSession session = request.getSession();
        Integer before = (Integer) session.getAttribute("visits");
        int visits = before == null ? 1 : before + 1;
        session.setAttribute("visits", visits);
        response.setContentType("text/plain");
        response.getWriter().println(visits + " " + node.name());
    }
}
