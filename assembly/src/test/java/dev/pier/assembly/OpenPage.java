package dev.pier.assembly;

import dev.pier.erlang.testing.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// An open page of the sample without a browser: reads the page's stream of events and sends the requests of its cards.
/// A virtual thread reads the stream until the page is closed.
final class OpenPage implements AutoCloseable {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([0-9a-f]{32})\"");

    private final RunningPier pier;
    private final String id = UUID.randomUUID().toString().replace("-", "");
    private final String token;
    private final InputStream stream;
    private final List<String> events = new CopyOnWriteArrayList<>();

    private OpenPage(RunningPier pier, String token) throws IOException, InterruptedException {
        this.pier = pier;
        this.token = token;
        // HTTP/1.1, so that closing the page closes a connection.
        HttpResponse<InputStream> response = pier.client()
                .send(
                        HttpRequest.newBuilder(pier.at("/events?page=" + id))
                                .version(Version.HTTP_1_1)
                                .build(),
                        BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new AssertionError("GET /events: " + response.statusCode());
        }
        stream = response.body();
        Thread.ofVirtual().name("page " + id).start(this::read);
    }

    static OpenPage of(RunningPier pier) throws IOException, InterruptedException {
        Matcher found = TOKEN.matcher(pier.get("/page").body());
        if (!found.find()) {
            throw new AssertionError("GET /page returns no token");
        }
        return new OpenPage(pier, found.group(1));
    }

    private void read() {
        String name = "";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    events.add(name + " " + line.substring("data: ".length()));
                }
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    /// Sends a card's GET request.
    HttpResponse<String> get(String path) {
        return pier.send(HttpRequest.newBuilder(pier.at(path)).header("X-Pier-Page", id));
    }

    /// Sends a card's POST request.
    HttpResponse<String> post(String path, String json) {
        return pier.send(HttpRequest.newBuilder(pier.at(path))
                .header("Cookie", "pier_token=" + token)
                .header("X-Pier-Token", token)
                .header("X-Pier-Page", id)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /// Sends a card's POST request whose answer is an event.
    ///
    /// @throws AssertionError if the response is not 202
    void send(String path, String json) {
        int status = post(path, json).statusCode();
        if (status != 202) {
            throw new AssertionError("POST " + path + ": " + status);
        }
    }

    /// The data of the received events that have this name, oldest first.
    List<String> events(String name) {
        return events.stream()
                .filter(event -> event.startsWith(name + " "))
                .map(event -> event.substring(name.length() + 1))
                .toList();
    }

    /// Waits until an event that has this name and all these texts in its data has been received.
    void await(String name, String... texts) {
        Await.value(
                "an event " + name + " with " + String.join(", ", texts),
                () -> events(name),
                seen -> seen.stream().anyMatch(data -> Stream.of(texts).allMatch(data::contains)));
    }

    /// Forgets the events received so far.
    void forget() {
        events.clear();
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
