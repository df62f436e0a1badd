package dev.pier.server.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the admin port of a running server.
///
/// *Threads.* Safe for all threads; blocks for up to ten seconds.
public final class AdminClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.shared();

    /// An answer of the port.
    ///
    /// @param status of HTTP
    public record Answer(int status, JsonNode body) {}

    /// Longer than any deployment or call may take.
    private static final Duration OPERATION_TIMEOUT = Duration.ofHours(2);

    private final URI admin;

    /// @param admin the address of the port, such as `http://127.0.0.1:9990`
    public AdminClient(URI admin) {
        this.admin = admin;
    }

    /// The body of a request for an operation, in JSON.
    public static BodyPublisher json(Map<String, String> arguments) {
        return BodyPublishers.ofByteArray(JSON.writeValueAsBytes(arguments));
    }

    /// The port of a server with certain settings, as a program on the same machine reaches it.
    ///
    /// @param host of the setting `admin.host`
    /// @throws AdminException if the port is 0
    public static AdminClient of(String host, int port) throws AdminException {
        if (port == 0) {
            throw new AdminException(
                    "admin.port is 0: name the address of the port, such as --admin http://127.0.0.1:9990");
        }
        String reachable = switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> host;
        };
        String authority = reachable.contains(":") ? "[" + reachable + "]" : reachable;
        return new AdminClient(URI.create("http://" + authority + ":" + port));
    }

    /// @param path such as `/status`
    /// @throws AdminException if no Pier answers there
    public Answer get(String path) throws AdminException {
        return answer(send(path, request -> request.timeout(TIMEOUT)));
    }

    /// A page that is text, such as `/metrics`.
    ///
    /// @throws AdminException if no Pier answers there
    public String text(String path) throws AdminException {
        HttpResponse<byte[]> response = send(path, request -> request.timeout(TIMEOUT));
        if (response.statusCode() != 200) {
            throw new AdminException(
                    admin + " is not the admin port of a Pier: " + path + " has status " + response.statusCode());
        }
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /// Asks for an operation.
    ///
    /// @param method of HTTP
    /// @throws AdminException if no Pier answers there
    public Answer operate(String method, String path, String token, BodyPublisher body) throws AdminException {
        // A refusal comes before the body is sent.
        return answer(send(
                path,
                request -> request.timeout(OPERATION_TIMEOUT)
                        .header("Authorization", "Bearer " + token)
                        .expectContinue(body.contentLength() != 0)
                        .method(method, body)));
    }

    private HttpResponse<byte[]> send(String path, UnaryOperator<HttpRequest.Builder> asked) throws AdminException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            HttpRequest request = asked.apply(
                            HttpRequest.newBuilder(admin.resolve(path)).header("Accept", "application/json"))
                    .build();
            return client.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new AdminException("no Pier answers at " + admin + " (" + reason(e)
                    + "): start it, or name its admin port with --admin or --conf");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new AdminException("interrupted while " + admin + " was asked");
        } catch (IllegalArgumentException e) {
            throw new AdminException(admin + " is not an address of an admin port: " + e.getMessage());
        }
    }

    private Answer answer(HttpResponse<byte[]> response) throws AdminException {
        try {
            JsonNode json = JSON.readTree(response.body());
            if (json.isObject()) {
                return new Answer(response.statusCode(), json);
            }
        } catch (JacksonException _) {
            // Told as any other body that is not an object.
        }
        throw new AdminException(admin + " is not the admin port of a Pier: its answer, with status "
                + response.statusCode() + ", is not a JSON object");
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        if (message != null) {
            return message;
        }
        return e instanceof ConnectException
                ? "connection refused"
                : e.getClass().getSimpleName();
    }
}
