package dev.pier.bench.embeddedjetty;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// A program with a Jetty and one servlet, which is all that it does: `Main READY-FILE`. Nothing of Pier and no Erlang.
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(Hello.class, "/hello");
        server.setHandler(context);
        server.start();
        Path ready = Path.of(arguments[0]);
        Path unfinished = ready.resolveSibling("unfinished");
        Files.writeString(unfinished, "url=http://127.0.0.1:" + connector.getLocalPort() + "\n");
        Files.move(unfinished, ready, StandardCopyOption.ATOMIC_MOVE);
        server.join();
    }

    /// The servlet.
    public static final class Hello extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("application/json");
            response.getWriter().write("[" + request.getParameter("id") + ",\"hello, world\"]");
        }
    }
}
