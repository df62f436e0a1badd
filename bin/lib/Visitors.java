import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/// Load for bin/cluster-demo: browsers that visit `docs/example/Visits.java` ten times a second, each with a session of its
/// own, and callers of another page, without one. Prints a sentence for each count that is wrong.
///
/// ```
/// java Visitors.java VISITS-URL BROWSERS OTHER-URL CALLERS
/// ```
///
/// It reads commands from its standard input, one a line, and answers each with a line:
///
/// | command | answer |
/// |---|---|
/// | `begin` | `ok`; requests that begin later are counted from zero |
/// | `await N` | `ok` after N more answers to browsers and as many to callers, or `late` after three minutes |
/// | `figures` | `VISITS FAILED SLOWEST-MS CALLS FAILED SLOWEST-MS WRONG`: since `begin` |
/// | `failures` | the kinds of failures since `begin`, with their numbers |
/// | `end` | `ok` after the last request |
final class Visitors {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /// Different in each error response of Pier.
    private static final Pattern REFERENCE = Pattern.compile(",\"reference\":\"[0-9a-f]+\"");
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    /// The time between two requests of a browser, or of a caller, so that the servers share the machine with their load.
    private static final Duration BROWSER_PAUSE = Duration.ofMillis(100);
    private static final Duration CALLER_PAUSE = Duration.ofMillis(20);

    /// Requests of one kind since the last `begin`.
    private static final class Figures {
        final AtomicInteger requests = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicLong slowest = new AtomicLong();
        final Map<String, Integer> failures = new ConcurrentHashMap<>();

        @Override
        public String toString() {
            return requests + " " + failed + " " + slowest;
        }
    }

    private record Phase(Figures visits, Figures calls, AtomicInteger wrong) {
        Phase() {
            this(new Figures(), new Figures(), new AtomicInteger());
        }
    }

    private final URI visits;
    private final URI other;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch start = new CountDownLatch(1);
    private volatile Phase phase = new Phase();
    private volatile boolean ending;

    private Visitors(URI visits, int browsers, URI other, int callers) {
        this.visits = visits;
        this.other = other;
        for (int i = 1; i <= browsers; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> browse(number)));
        }
        for (int i = 1; i <= callers; i++) {
            threads.add(Thread.ofVirtual().start(this::call));
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Visitors visitors =
                new Visitors(URI.create(args[0]), Integer.parseInt(args[1]), URI.create(args[2]), Integer.parseInt(args[3]));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String command;
        while ((command = commands.readLine()) != null) {
            System.out.println(visitors.obey(command.split(" ")));
        }
    }

    private String obey(String[] command) throws InterruptedException {
        switch (command[0]) {
            case "begin" -> {
                phase = new Phase();
                start.countDown();
                return "ok";
            }
            case "await" -> {
                return await(Integer.parseInt(command[1])) ? "ok" : "late";
            }
            case "figures" -> {
                return phase.visits + " " + phase.calls + " " + phase.wrong;
            }
            case "failures" -> {
                return phase.visits.failures + " " + phase.calls.failures;
            }
            case "end" -> {
                ending = true;
                for (Thread thread : threads) {
                    thread.join();
                }
                return "ok";
            }
            default -> {
                return "unknown";
            }
        }
    }

    private boolean await(int more) throws InterruptedException {
        Phase current = phase;
        int visitsWanted = answers(current.visits) + more;
        int callsWanted = answers(current.calls) + more;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (answers(current.visits) < visitsWanted || answers(current.calls) < callsWanted) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(20);
        }
        return true;
    }

    private static int answers(Figures figures) {
        return figures.requests.get() - figures.failed.get();
    }

    private void call() {
        try {
            start.await();
            while (!ending) {
                Thread.sleep(CALLER_PAUSE);
                send(HttpRequest.newBuilder(other), phase.calls);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void browse(int number) {
        String cookie = "";
        int last = 0;
        try {
            start.await();
            while (!ending) {
                Thread.sleep(BROWSER_PAUSE);
                HttpRequest.Builder request = HttpRequest.newBuilder(visits);
                if (!cookie.isEmpty()) {
                    request.header("Cookie", cookie);
                }
                HttpResponse<String> response = send(request, phase.visits);
                if (response == null) {
                    continue;
                }
                String[] body = response.body().strip().split(" ");
                int count = Integer.parseInt(body[0]);
                if (last > 0 && count == 1) {
                    tell("Browser %d was logged out after %d visits: %s did not know its session", number, last, body[1]);
                } else if (count <= last) {
                    tell("The count of browser %d went from %d to %d: the answer came from %s", number, last, count, body[1]);
                }
                last = count;
                cookie = response.headers()
                        .firstValue("Set-Cookie")
                        .map(header -> header.substring(0, header.indexOf(';')))
                        .orElse(cookie);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String sentence, Object... values) {
        phase.wrong.incrementAndGet();
        System.err.println(sentence.formatted(values));
    }

    /// Sends a request and counts it.
    ///
    /// @return null if it failed
    private HttpResponse<String> send(HttpRequest.Builder request, Figures figures) throws InterruptedException {
        long begun = System.nanoTime();
        String failure;
        try {
            HttpResponse<String> response = client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return response;
            }
            failure = response.statusCode() + " " + response.body().strip().replaceAll("\\s+", " ");
        } catch (IOException e) {
            failure = e.toString();
        } finally {
            figures.slowest.accumulateAndGet((System.nanoTime() - begun) / 1_000_000, Math::max);
            figures.requests.incrementAndGet();
        }
        figures.failed.incrementAndGet();
        figures.failures.merge(REFERENCE.matcher(failure).replaceAll(""), 1, Integer::sum);
        return null;
    }
}
