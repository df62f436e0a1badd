package dev.pier.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A page under maximum load by `wrk`. `wrk` does not check response bodies, so the page is checked before each round.
///
/// @param connections the number of busy connections
/// @param script requests other pages instead, if it is there
public record Wrk(Page page, int connections, @Nullable Script script) implements Side {
    /// A script of `wrk` that requests a number of pages in turn.
    ///
    /// @param count its only argument
    public record Script(Path file, int count) {}

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int CHECKS = 20;
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([0-9.]+)(m?s|m),");
    private static final Pattern ERRORS = Pattern.compile("Socket errors|Non-2xx");

    public Wrk(Page page, int connections) {
        this(page, connections, null);
    }

    @Override
    public String name() {
        return page.name();
    }

    @Override
    public Map<String, Long> processes() {
        return page.processes();
    }

    @Override
    public Work work(Duration time) throws Exception {
        checkPage();
        long seconds = Math.max(1, time.toSeconds());
        List<String> command =
                new ArrayList<>(List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--timeout", "10s"));
        if (script != null) {
            command.addAll(List.of("-s", script.file().toString()));
        }
        command.add(page.url(17).toString());
        if (script != null) {
            command.addAll(List.of("--", Integer.toString(script.count())));
        }
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes(), UTF_8);
        Matcher requests = REQUESTS.matcher(output);
        if (wrk.waitFor() != 0 || !requests.find() || ERRORS.matcher(output).find()) {
            throw new IOException("errors in a round of " + name() + "; output of wrk:\n" + output);
        }
        double factor = switch (requests.group(3)) {
            case "ms" -> 1e6;
            case "s" -> 1e9;
            default -> 60e9;
        };
        return Work.rate(Long.parseLong(requests.group(1)), (long) (Double.parseDouble(requests.group(2)) * factor));
    }

    private void checkPage() throws IOException, InterruptedException {
        for (long id = 1; id <= CHECKS; id++) {
            HttpResponse<String> response =
                    CLIENT.send(HttpRequest.newBuilder(page.url(id)).build(), BodyHandlers.ofString());
            if (response.statusCode() != 200 || !response.body().equals(Page.body(id))) {
                throw new IOException("unexpected response of " + name() + " to id " + id + ": status "
                        + response.statusCode() + ", " + response.body());
            }
        }
    }
}
