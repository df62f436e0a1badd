package dev.pier.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/// Clients that request one page without a pause until they are closed.
final class Load implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final LongAdder answers = new LongAdder();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    /// @param body a regular expression for the body of every right answer
    Load(int count, URI page, String body) {
        HttpRequest request =
                HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(30)).build();
        for (int i = 0; i < count; i++) {
            clients.execute(() -> run(request, body));
        }
    }

    private void run(HttpRequest request, String body) {
        while (!over.get()) {
            try {
                HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                if (response.statusCode() != 200 || !response.body().matches(body)) {
                    failures.add(response.statusCode() + " " + response.body());
                }
            } catch (Exception e) {
                failures.add(e.toString());
            }
            answers.increment();
        }
    }

    void awaitMore(int count) throws Exception {
        long goal = answers.sum() + count;
        TestServer.await(count + " more answers", () -> answers.sum() >= goal);
    }

    Queue<String> failures() {
        return failures;
    }

    @Override
    public void close() {
        over.set(true);
        clients.close();
        client.close();
    }
}
