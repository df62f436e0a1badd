package dev.pier.server.http;

import dev.pier.server.plugin.HealthCheck;
import dev.pier.server.task.LogInterval;
import dev.pier.server.task.PeriodicTask;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes connections that hold a place without a request: clients that send the head of a request so slowly that the
/// idle timeout never ends, and idle ones when nearly all places are taken.
///
/// A connection may be without a request for `http.head-timeout` after its opening, TLS handshake included, and
/// for that and `http.idle-timeout` between requests. An HTTP/2 connection may be kept open longer between
/// requests, because clients send pings for that. When 90 % of `http.max-connections` are open, a tenth of
/// these times is allowed, for all connections, so that places become free for clients that have requests.
///
/// *Threads.* Looks at all connections on one thread of its own, so that a request costs nothing.
final class ConnectionWatch extends AbstractLifeCycle {
    private static final Logger log = LoggerFactory.getLogger(ConnectionWatch.class);

    private static final Duration MAX_ROUND = Duration.ofMinutes(1);

    /// The part of the time that connections without a request have when nearly all places are taken.
    private static final int CROWDED_DIVISOR = 10;

    private static final double CROWDED_FROM = 0.9;
    private static final double CROWDED_UNTIL = 0.8;

    private final HttpSettings settings;
    private final List<ServerConnector> connectors;
    private final Runnable eachRound;
    private final PeriodicTask rounds;

    /// For the watching thread only.
    private Map<EndPoint, Quiet> quiet = new HashMap<>();

    private volatile boolean crowded;
    private long closedSlow;
    private final LogInterval logInterval = new LogInterval();

    /// A connection without a request.
    ///
    /// @param since when it was first seen so
    /// @param requests how many requests it has had
    private record Quiet(long since, long requests) {}

    /// @param eachRound run about once a second
    ConnectionWatch(HttpSettings settings, List<? extends ServerConnector> connectors, Runnable eachRound) {
        this.settings = settings;
        this.connectors = List.copyOf(connectors);
        this.eachRound = eachRound;
        this.rounds = new PeriodicTask("pier-connections", interval(settings), MAX_ROUND, this::look);
    }

    /// Ten times in the shortest time that a connection may have.
    private static Duration interval(HttpSettings settings) {
        Duration tenth = shortened(settings.headTimeout());
        return tenth.compareTo(Duration.ofSeconds(1)) < 0 ? tenth : Duration.ofSeconds(1);
    }

    /// Without `Duration.dividedBy`, which loads `BigDecimal`: tens of milliseconds of the start.
    private static Duration shortened(Duration time) {
        return Duration.ofNanos(time.toNanos() / CROWDED_DIVISOR);
    }

    HealthCheck liveness() {
        return rounds.liveness();
    }

    /// The number of open connections.
    int connections() {
        return connectors.stream()
                .mapToInt(connector -> connector.getConnectedEndPoints().size())
                .sum();
    }

    @Override
    protected void doStart() throws Exception {
        rounds.start();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        rounds.stop();
        super.doStop();
    }

    private void look() {
        eachRound.run();
        updateCrowded(connections());
        long now = System.nanoTime();
        Map<EndPoint, Quiet> next = new HashMap<>();
        for (ServerConnector connector : connectors) {
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                look(endPoint, now, next);
            }
        }
        quiet = next;
        logClosed();
    }

    private void look(EndPoint endPoint, long now, Map<EndPoint, Quiet> next) {
        Connection connection = endPoint.getConnection();
        if (connection instanceof SslConnection tls) {
            connection = tls.getSslEndPoint().getConnection();
        }
        if (connection == null || isUsed(connection)) {
            return;
        }
        long requests = Math.max(0, connection.getMessagesIn());
        Quiet before = quiet.get(endPoint);
        Quiet state = before == null || before.requests() != requests ? new Quiet(now, requests) : before;
        if (now - state.since() <= allowedNanos(connection, requests)) {
            next.put(endPoint, state);
            return;
        }
        // Browsers open connections ahead and leave them silent, which is no attack.
        if (requests == 0 && !crowded && connection.getBytesIn() > 0) {
            closedSlow++;
        }
        endPoint.close();
    }

    /// Whether a connection has a request, or is not an HTTP connection (any more).
    private static boolean isUsed(Connection connection) {
        return switch (connection) {
            case NegotiatingServerConnection _ -> false;
            case HttpConnection http1 -> http1.getHttpChannel().getRequest() != null;
            case HTTP2ServerConnection http2 -> !http2.getSession().getStreams().isEmpty();
            // It waits for the header of the PROXY protocol.
            case Connection.UpgradeFrom _ -> false;
            default -> true;
        };
    }

    private long allowedNanos(Connection connection, long requests) {
        if (requests > 0 && !crowded && connection instanceof HTTP2ServerConnection) {
            return Long.MAX_VALUE;
        }
        Duration head = settings.headTimeout();
        return whenCrowded(requests == 0 ? head : head.plus(settings.idleTimeout()))
                .toNanos();
    }

    /// A time that clients have: a tenth of it when nearly all places are taken.
    Duration whenCrowded(Duration time) {
        return crowded ? shortened(time) : time;
    }

    boolean isCrowded() {
        return crowded;
    }

    private void updateCrowded(int connections) {
        double share = (double) connections / settings.maxConnections();
        if (!crowded && share >= CROWDED_FROM) {
            crowded = true;
            log.warn(
                    "Nearly all connections are taken: {} of {} (http.max-connections). New connections without a"
                            + " request are closed after {} ms",
                    connections,
                    settings.maxConnections(),
                    whenCrowded(settings.headTimeout()).toMillis());
        } else if (crowded && share < CROWDED_UNTIL) {
            crowded = false;
            log.info("Connections are free again: {} of {} are taken", connections, settings.maxConnections());
        }
    }

    private void logClosed() {
        if (closedSlow > 0 && logInterval.permits()) {
            log.warn(
                    "Closed {} connections without a complete request head after {} s (http.head-timeout)",
                    closedSlow,
                    settings.headTimeout().toSeconds());
            closedSlow = 0;
        }
    }
}
