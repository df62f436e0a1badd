package dev.pier.erlang.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.pier.erlang.BadArgument;
import dev.pier.erlang.BadBody;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// Over real HTTP, because the test is about what a client sees.
class ErlangErrorsTest {
    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"([0-9a-f]{16})\"");

    private final Server server = new Server(0);
    private final ServletContextHandler app = new ServletContextHandler("/");
    private final HttpClient client = HttpClient.newHttpClient();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listenToTheLog() {
        Logger logger = (Logger) LoggerFactory.getLogger(ErlangErrors.class);
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() throws Exception {
        ((Logger) LoggerFactory.getLogger(ErlangErrors.class)).detachAppender(log);
        client.close();
        server.stop();
    }

    static Stream<Arguments> failures() {
        Tuple secret = Tuple.of(Atom.of("secret"), Atom.of("reason"));
        return Stream.of(
                Arguments.of(new NotConnected("secret"), 503, "not connected", "5", false),
                Arguments.of(new Overloaded("secret"), 503, "Too many calls", "1", false),
                Arguments.of(new CallCancelled("secret"), 503, "was cancelled", "", false),
                Arguments.of(new UnsupportedByPeer("secret", "DFLAG_SPAWN"), 502, "does not support", "", true),
                Arguments.of(new CallTimeout("secret"), 504, "in time", "", true),
                Arguments.of(new ConnectionLost("secret"), 502, "connection was lost", "", true),
                Arguments.of(new RemoteThrow("secret", secret), 502, "function failed", "", true),
                Arguments.of(new RemoteExit("secret", secret, true), 502, "function failed", "", true),
                Arguments.of(new RemoteError("secret", secret, ListTerm.of(secret)), 502, "function failed", "", true),
                Arguments.of(new MalformedTerm("secret"), 502, "could not be used", "", true),
                Arguments.of(new UnexpectedTerm("secret"), 502, "could not be used", "", true),
                Arguments.of(new BadArgument("secret"), 500, "no Erlang form", "", true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void eachKindHasItsStatusAndASentenceWithoutInternalDetails(
            ErlangException failure, int status, String sentence, String retryAfter, boolean logged) throws Exception {
        HttpResponse<String> response = get((_, _) -> {
            throw failure;
        });

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.headers().firstValue("Retry-After").orElse("")).isEqualTo(retryAfter);
        assertThat(response.body())
                .startsWith("{\"title\":\"")
                .contains("\",\"status\":" + status + ",\"detail\":\"")
                .endsWith("}\n")
                .contains(sentence)
                .doesNotContain("secret", "reason", "dev.pier", "Exception");
        Matcher reference = REFERENCE.matcher(response.body());
        assertThat(reference.find()).isEqualTo(logged);
        if (logged) {
            assertThat(log.list)
                    .singleElement()
                    .satisfies(event -> assertThat(event.getFormattedMessage())
                            .contains(reference.group(1), "secret")
                            .doesNotContain("\n"));
        } else {
            assertThat(log.list).isEmpty();
        }
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                Arguments.of(BadBody.Kind.MALFORMED, 400, "Bad Request"),
                Arguments.of(BadBody.Kind.UNEXPECTED, 400, "Bad Request"),
                Arguments.of(BadBody.Kind.TOO_LARGE, 413, "Content Too Large"),
                Arguments.of(BadBody.Kind.UNSUPPORTED_TYPE, 415, "Unsupported Media Type"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void aBadBodyIsTheClientsFaultAndExplainedToIt(BadBody.Kind kind, int status, String title) throws Exception {
        HttpResponse<String> response = get((_, _) -> {
            throw new BadBody(kind, "got \"x\\\tü\"", 3, 7, null);
        });

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body())
                .isEqualTo("{\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"got \\\"x\\\\" + "\\"
                        + "u0009ü\\\" (line 3, column 7)\"}\n");
        assertThat(log.list).isEmpty();
    }

    @Test
    void erlangsStackTraceIsInTheLogOnly() throws Exception {
        ListTerm trace = ListTerm.of(Tuple.of(Atom.of("shop"), Atom.of("price")));
        HttpResponse<String> response = get((_, _) -> {
            throw new RemoteError("error:badarg", Atom.of("badarg"), trace);
        });

        assertThat(response.body()).doesNotContain("shop", "price");
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.WARN);
            assertThat(event.getFormattedMessage()).contains("error:badarg", "[{shop,price}]");
            assertThat(event.getThrowableProxy()).isNull();
        });
    }

    @Test
    void theEventHasWhatTheServerKeepsOfAFailure() throws Exception {
        RemoteError failure = new RemoteError("error:badarg", Atom.of("badarg"), ListTerm.of());
        HttpResponse<String> response = get((_, _) -> {
            throw failure;
        });

        Matcher reference = REFERENCE.matcher(response.body());
        assertThat(reference.find()).isTrue();
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getKeyValuePairs())
                        .extracting(pair -> pair.key, pair -> pair.value)
                        .contains(tuple("reference", reference.group(1)), tuple("failure", failure))
                        .anySatisfy(pair -> assertThat(pair.toList().getFirst()).isEqualTo("request")));
    }

    @Test
    void aReasonOfAnySizeIsLoggedWithBoundedLength() throws Exception {
        get((_, _) -> {
            throw new RemoteThrow("x".repeat(1_000_000), Atom.of("large"));
        });

        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .hasSizeLessThan(5000)
                        .endsWith("(1000000 characters)"));
    }

    @Test
    void aValueWithoutErlangFormIsLoggedAsAnErrorWithItsStack() throws Exception {
        get((_, _) -> {
            throw new BadArgument("[0]: NaN");
        });

        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getThrowableProxy()).isNotNull();
        });
    }

    @Test
    void theWrappersOfServletsAndFuturesAreRemoved() throws Exception {
        HttpResponse<String> response = get((_, _) -> {
            throw new ServletException(new ExecutionException(new CompletionException(new CallTimeout("late"))));
        });

        assertThat(response.statusCode()).isEqualTo(504);
    }

    @Test
    void otherExceptionsAreLeftAlone() throws Exception {
        assertThat(get((_, _) -> {
                            throw new IllegalStateException(new NotConnected("inside"));
                        })
                        .statusCode())
                .isEqualTo(500);
        assertThat(log.list).isEmpty();
    }

    @Test
    void headersAreKeptExceptThoseOfTheBody() throws Exception {
        HttpResponse<String> response = get((_, out) -> {
            out.setHeader("Access-Control-Allow-Origin", "https://example.org");
            out.addHeader("Vary", "Origin");
            out.addHeader("Vary", "Accept");
            out.setHeader("ETag", "\"1\"");
            out.setHeader("content-encoding", "br");
            out.setHeader("Cache-Control", "max-age=3600");
            out.setContentType("text/csv");
            out.getWriter().print("half a row");
            throw new NotConnected("gone");
        });

        assertThat(response.headers().allValues("Access-Control-Allow-Origin")).containsExactly("https://example.org");
        assertThat(response.headers().allValues("Vary")).containsExactly("Origin", "Accept");
        assertThat(response.headers().allValues("Date")).hasSize(1);
        assertThat(response.headers().firstValue("ETag")).isEmpty();
        assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.body()).startsWith("{\"title\":\"").doesNotContain("half a row");
    }

    @Test
    void aResponseThatHasBegunIsAborted() {
        assertThatThrownBy(() -> get((_, out) -> {
                    out.getOutputStream().print("the first rows");
                    out.flushBuffer();
                    throw new ConnectionLost("gone");
                }))
                .isInstanceOf(IOException.class);
        assertThat(log.list)
                .filteredOn(event -> event.getFormattedMessage().contains("ConnectionLost"))
                .hasSize(1);
    }

    @Test
    void aFailureOnAnotherThreadIsAnsweredExplicitly() throws Exception {
        HttpResponse<String> response = get((in, _) -> {
            AsyncContext async = in.startAsync();
            Thread.startVirtualThread(() -> {
                try {
                    ErlangErrors.answer(new CallTimeout("late"), (HttpServletResponse) async.getResponse());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } finally {
                    async.complete();
                }
            });
        });

        assertThat(response.statusCode()).isEqualTo(504);
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void anApplicationCanChooseStatusesForReasons(Term reason, int status) throws Exception {
        app.setInitParameter(ErlangErrors.STATUSES, "not_found=404, conflict = 409");
        HttpResponse<String> response = get((_, _) -> {
            throw new ReturnedError("secret", reason);
        });

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).doesNotContain("secret");
        assertThat(log.list).hasSize(status == 502 ? 1 : 0);
    }

    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(Atom.of("not_found"), 404),
                Arguments.of(Tuple.of(Atom.of("conflict"), Atom.of("x")), 409),
                Arguments.of(Atom.of("other"), 502),
                Arguments.of(Tuple.of(), 502),
                Arguments.of(ListTerm.of(Atom.of("not_found")), 502));
    }

    @ParameterizedTest
    @ValueSource(strings = {"not_found", "not_found=200", "not_found=404;x=1", "=404"})
    void aMalformedChoiceOfStatusesFailsTheDeployment(String statuses) {
        app.setInitParameter(ErlangErrors.STATUSES, statuses);

        assertThatThrownBy(() -> get((_, _) -> {}))
                .hasMessageContaining(ErlangErrors.STATUSES)
                .hasMessageContaining(statuses);
    }

    @Test
    void aFailureOfAsyncWorkIsAnsweredAtOnce() throws Exception {
        HttpResponse<String> response = get((in, _) -> {
            AsyncContext async = in.startAsync();
            async.setTimeout(0);
            async.start(() -> {
                throw new CompletionException(new CallTimeout("late"));
            });
        });

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(log.list).hasSize(1);
    }

    @Test
    void aFailureOfAsyncWorkAbortsAResponseThatHasBegun() {
        assertThatThrownBy(() -> get((in, out) -> {
                    out.getOutputStream().print("the first rows");
                    out.flushBuffer();
                    AsyncContext async = in.startAsync();
                    async.setTimeout(0);
                    async.start(() -> {
                        throw new ConnectionLost("gone");
                    });
                }))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFailureAfterAsyncWorkHasCompletedIsLogged() throws Exception {
        HttpResponse<String> response = get((in, _) -> {
            AsyncContext async = in.startAsync();
            async.start(() -> {
                async.complete();
                throw new ConnectionLost("gone");
            });
        });

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void anApplicationCanDisableTheFilter() throws Exception {
        app.setInitParameter(ErlangErrors.SETTING, "off");

        assertThat(get((_, _) -> {
                            throw new NotConnected("gone");
                        })
                        .statusCode())
                .isEqualTo(500);
    }

    private interface Handler {
        void handle(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }

    private HttpResponse<String> get(Handler handler) throws Exception {
        ServletHolder servlet = new ServletHolder(new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response)
                    throws IOException, ServletException {
                handler.handle(request, response);
            }
        });
        servlet.setAsyncSupported(true);
        app.addServlet(servlet, "/*");
        app.addServletContainerInitializer(new ErlangErrorsInitializer());
        server.setHandler(app);
        server.start();
        int port = ((ServerConnector) List.of(server.getConnectors()).getFirst()).getLocalPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
