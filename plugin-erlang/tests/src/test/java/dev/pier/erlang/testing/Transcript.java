package dev.pier.erlang.testing;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// A page of the documentation that shows what `curl` prints: its Erlang modules are compiled on a node, and
/// its commands are asked of a web application.
public final class Transcript {
    private static final Pattern BLOCK = Pattern.compile("```(erlang|console)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile(
            "\\$ curl -s (?:-H 'Content-Type: ([^']*)' )?(?:-d '([^']*)' )?http://localhost:8080(\\S+)\n"
                    + "(.*?)(?=\\$ curl|\\z)",
            Pattern.DOTALL);
    /// What stands between two braces, with none in between: the pairs of a map.
    private static final Pattern PAIRS = Pattern.compile("(?<=\\{)[^{}]*(?=})");

    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"[0-9a-f]{16}\"");

    private final String page;

    /// @param name of the file in `docs`
    public Transcript(String name) throws IOException {
        page = Files.readString(Path.of("..", "..", "docs", name));
    }

    /// What a servlet does.
    public interface Action {
        void run(HttpServletResponse response) throws IOException;
    }

    public static void serve(ServletContextHandler app, String path, Action action) {
        serve(app, path, (_, response) -> action.run(response));
    }

    /// The work of a servlet for a request.
    public interface Exchange {
        void run(HttpServletRequest request, HttpServletResponse response) throws IOException;
    }

    public static void serve(ServletContextHandler app, String path, Exchange exchange) {
        HttpServlet servlet = new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                exchange.run(request, response);
            }

            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                exchange.run(request, response);
            }
        };
        app.addServlet(new ServletHolder(servlet), path);
    }

    /// Compares each answer of an application with the page. A reference into the log stands there as `…`.
    ///
    /// @return how many commands there are
    public int replay(ErlangPeer erlang, ServletContextHandler app) throws Exception {
        Server server = new Server(0);
        try {
            server.setHandler(app);
            server.start();
            return replay(erlang, ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        } finally {
            server.stop();
        }
    }

    /// The same for a server that runs.
    public int replay(ErlangPeer erlang, int port) throws Exception {
        int commands = 0;
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (MatchResult block : BLOCK.matcher(page).results().toList()) {
                if (block.group(1).equals("erlang")) {
                    erlang.compile(block.group(2));
                    continue;
                }
                for (MatchResult command :
                        COMMAND.matcher(block.group(2)).results().toList()) {
                    URI uri = URI.create("http://localhost:" + port + command.group(3));
                    String body = client.send(request(uri, command), BodyHandlers.ofString())
                            .body();
                    // A shell's prompt stands on a line of its own, whether the body ends its last line or not.
                    String shown = body.endsWith("\n") ? body : body + "\n";
                    String answer = REFERENCE.matcher(shown).replaceAll("\"reference\":\"…\"");
                    assertThat(inOrder(answer)).as(command.group()).isEqualTo(inOrder(command.group(4)));
                    commands++;
                }
            }
        }
        return commands;
    }

    /// The texts of all blocks of a language on the page.
    public List<String> blocks(String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                .map(it -> it.group(1))
                .toList();
    }

    /// As curl does: with a body, it posts a form.
    private static HttpRequest request(URI uri, MatchResult command) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (command.group(2) != null) {
            String type = command.group(1) == null ? "application/x-www-form-urlencoded" : command.group(1);
            request.header("Content-Type", type).POST(BodyPublishers.ofString(command.group(2)));
        }
        return request.build();
    }

    /// With the pairs of maps in the order of the alphabet: the order in which Erlang sends them is its own
    /// affair, and another one from OTP 26 on.
    private static String inOrder(String text) {
        return PAIRS.matcher(text)
                .replaceAll(pairs -> Matcher.quoteReplacement(Pattern.compile(", ?")
                        .splitAsStream(pairs.group())
                        .sorted()
                        .collect(Collectors.joining(","))));
    }
}
