package dev.pier.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/// Requests to a running server.
final class Http {
    private Http() {}

    static HttpResponse<String> get(Pier pier, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(pier.url().resolve(path)).build(), BodyHandlers.ofString());
        }
    }

    /// The body of a response, as a condition can ask for it.
    static String body(Pier pier, String path) {
        try {
            return get(pier, path).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
