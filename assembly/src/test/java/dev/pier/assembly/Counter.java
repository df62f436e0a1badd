package dev.pier.assembly;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/// An application at `/app/count` that counts the requests of a session, and a browser of it.
final class Counter {
    private static final String CODE = """
            import jakarta.servlet.annotation.WebServlet;
            import jakarta.servlet.http.*;
            @WebServlet("/count")
            public class Counting extends HttpServlet {
                @Override
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
                    HttpSession session = request.getSession();
                    Integer old = (Integer) session.getAttribute("count");
                    session.setAttribute("count", old == null ? 1 : old + 1);
                    response.getWriter().print(session.getAttribute("count") + " VERSION");
                }
            }
            """;

    private Counter() {}

    /// Deploys a version of the application, or replaces it.
    static void deploy(RunningPier pier, String version) {
        deploy(pier.webapp("app.jar"), version);
    }

    /// The same for the file of the application.
    static void deploy(Path jar, String version) {
        Distribution.compileAndPack("Counting", CODE.replace("VERSION", version), jar);
    }

    /// A browser that keeps the cookie of its session. For one thread.
    static final class Browser implements AutoCloseable {
        private final HttpClient client = HttpClient.newHttpClient();
        private String cookie = "";

        /// Sends a request to a server.
        ///
        /// @throws IOException if there is no response
        Answer get(URI server) throws IOException, InterruptedException {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(server.resolve("/app/count")).timeout(Duration.ofSeconds(60));
            if (!cookie.isEmpty()) {
                request.header("Cookie", cookie);
            }
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            response.headers()
                    .firstValue("Set-Cookie")
                    .ifPresent(header -> cookie = header.substring(0, header.indexOf(';')));
            String body = response.body();
            int count = response.statusCode() == 200 ? Integer.parseInt(body.substring(0, body.indexOf(' '))) : 0;
            return new Answer(response.statusCode(), count, body);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /// A response.
    ///
    /// @param count 0 if the status is not 200
    record Answer(int status, int count, String body) {}
}
