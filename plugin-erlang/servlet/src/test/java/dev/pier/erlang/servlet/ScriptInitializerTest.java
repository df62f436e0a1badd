package dev.pier.erlang.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptInitializerTest {
    private final Server server = new Server(0);
    private final ServletContextHandler app = new ServletContextHandler("/app");

    private HttpResponse<String> get(String... headers) throws Exception {
        if (!server.isStarted()) {
            app.addServletContainerInitializer(new ScriptInitializer());
            server.setHandler(app);
            server.start();
        }
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/app/pier-socket.js"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.ofString());
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void anApplicationServesTheModule() throws Exception {
        HttpResponse<String> response = get();
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/javascript;charset=utf-8");
        assertThat(response.body())
                .isEqualTo(new String(ScriptInitializer.script(), StandardCharsets.UTF_8))
                .contains("export class PierSocket", "export class PierEvents");
    }

    @Test
    void aBrowserThatKnowsItGets304() throws Exception {
        String tag = get().headers().firstValue("ETag").orElseThrow();
        assertThat(get("If-None-Match", "\"other\", " + tag).statusCode()).isEqualTo(304);
        assertThat(get("If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    }

    @Test
    void anApplicationMayHaveItsOwn() throws Exception {
        app.addServlet(
                new ServletHolder(new HttpServlet() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.getWriter().print("its own");
                    }
                }),
                ScriptInitializer.PATH);
        assertThat(get().body()).isEqualTo("its own");
    }
}
