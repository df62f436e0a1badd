package dev.pier.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// An HTTP client of the Pier under test, as a browser is one: it keeps cookies until the end of the test.
/// Redirects are not followed.
///
/// *Threads.* Safe for all threads.
public final class PierClient {
    static final JsonMapper JSON = new JsonMapper();

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI url;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient http = HttpClient.newBuilder()
            .cookieHandler(cookies)
            .connectTimeout(TIMEOUT)
            .build();

    PierClient(URI url) {
        this.url = url;
    }

    /// The URL of a path: `/users?id=joe`.
    public URI url(String path) {
        return url.resolve(path);
    }

    public PierResponse get(String path) {
        return send(request(path));
    }

    public PierResponse delete(String path) {
        return send(request(path).DELETE());
    }

    /// Sends a value as JSON.
    ///
    /// @param body any value that Jackson writes
    public PierResponse post(String path, Object body) {
        return post(path, "application/json", JSON.writeValueAsString(body));
    }

    /// Sends a text, in UTF-8.
    public PierResponse post(String path, String contentType, String body) {
        return send(request(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
    }

    /// A request to a path, for [#send]. Its timeout is 30 s.
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url(path)).timeout(TIMEOUT);
    }

    /// Sends a request and reads the whole response.
    ///
    /// @throws UncheckedIOException if there is no complete response
    public PierResponse send(HttpRequest.Builder request) {
        return new PierResponse(exchange(request, BodyHandlers.ofString()));
    }

    /// Opens a stream of server-sent events. Close it.
    ///
    /// @throws AssertionError if the response is not one
    public PierEvents events(String path) {
        HttpResponse<Stream<String>> response = exchange(
                HttpRequest.newBuilder(url(path)).header("Accept", "text/event-stream"), BodyHandlers.ofLines());
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (response.statusCode() != 200 || !type.startsWith("text/event-stream")) {
            response.body().close();
            throw new AssertionError(path + " is no stream of events: status " + response.statusCode()
                    + ", content type '" + type + "'");
        }
        return new PierEvents(response.body());
    }

    /// Opens a WebSocket. Close it.
    ///
    /// @throws AssertionError if the server does not accept it
    public PierSocket socket(String path, String... subprotocols) {
        URI address = URI.create("ws" + url(path).toString().substring("http".length()));
        return PierSocket.open(http, address, subprotocols);
    }

    private <T> HttpResponse<T> exchange(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a response", e);
        }
    }

    void forgetCookies() {
        cookies.getCookieStore().removeAll();
    }

    /// Whether the admin port says that the server is ready.
    boolean isReady(URI admin) {
        return exchange(
                                HttpRequest.newBuilder(admin.resolve("/health/ready"))
                                        .timeout(TIMEOUT),
                                BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }

    /// Whether the admin port says that the server is connected to a peer.
    boolean isConnected(URI admin, String peer) {
        return send(HttpRequest.newBuilder(admin.resolve("/status")).timeout(TIMEOUT))
                .json()
                .at("/plugins/erlang/peers/" + peer + "/state")
                .asString("")
                .equals("CONNECTED");
    }
}
