package dev.pier.erlang.link;

import dev.pier.erlang.handshake.AcceptDecision;
import dev.pier.erlang.handshake.AcceptPolicy;
import dev.pier.erlang.handshake.Acceptor;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.PeerHello;
import dev.pier.erlang.transport.PeerSocket;
import dev.pier.erlang.transport.SocketSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listening socket of a node, where peers connect.
///
/// Threads: one thread only accepts. Each handshake has a virtual thread and a deadline for each step, so that
/// one slow peer cannot delay another.
public final class NodeListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeListener.class);

    /// The pause after a failed accept, for example without free file descriptors: an immediate retry would
    /// only use CPU.
    private static final long ACCEPT_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocketChannel server;
    private final int port;
    private final RateLimitedLog warnings = new RateLimitedLog(log);

    private final Object lock = new Object();

    private volatile @Nullable Thread accepting;

    /// Guarded by `lock`.
    private Refusals refusals = Refusals.NONE;

    /// The node that peers connect to. Its methods run on the thread of one handshake.
    public interface Host extends AcceptPolicy {
        /// Takes over a connection whose handshake has succeeded. If this throws, the listener closes the
        /// socket.
        void adopt(PeerSocket socket, HandshakeResult handshake) throws IOException;
    }

    /// Connections that were refused for a reason that an operator may have to look at: another cookie, missing
    /// flags, a broken handshake. Only the last is kept, because unauthenticated peers decide how many there
    /// are.
    ///
    /// @param count how many there have been
    /// @param last the reason of the last one
    /// @param at when the last one was refused
    public record Refusals(long count, String last, Instant at) {
        static final Refusals NONE = new Refusals(0, "", Instant.EPOCH);
    }

    private NodeListener(ServerSocketChannel server, int port) {
        this.server = server;
        this.port = port;
    }

    /// Reserves the port. Connections are accepted from [#start] on.
    ///
    /// @throws IOException if the address cannot be bound
    public static NodeListener bind(InetSocketAddress address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(address);
            return new NodeListener(server, ((InetSocketAddress) server.getLocalAddress()).getPort());
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen for Erlang nodes at " + address + ": " + e.getMessage(), e);
        }
    }

    public int port() {
        return port;
    }

    /// Begins to accept connections.
    ///
    /// @param identity what this node says of itself
    /// @param security how connections are protected
    /// @param threads makes the thread that accepts
    public void start(
            Identity identity,
            Cookies cookies,
            LinkSettings settings,
            SocketSecurity.Incoming security,
            ThreadFactory threads,
            Host host) {
        Handshakes handshakes = new Handshakes(
                new Acceptor(identity, cookies, settings.handshakeTimeout()),
                security,
                settings.handshakeTimeout(),
                host);
        Thread thread = threads.newThread(() -> acceptAll(handshakes, settings.maxHandshakes()));
        thread.setName("erlang-accept-" + identity.name());
        thread.start();
        accepting = thread;
    }

    /// Whether connections are accepted, or the listener has been closed.
    public boolean isRunning() {
        Thread thread = accepting;
        return !server.isOpen() || thread == null || thread.isAlive();
    }

    /// The parts that all handshakes share.
    private record Handshakes(Acceptor acceptor, SocketSecurity.Incoming security, Duration timeout, Host host) {}

    private void acceptAll(Handshakes handshakes, int maxHandshakes) {
        HandshakePlaces places = new HandshakePlaces(maxHandshakes, System::nanoTime);
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Runnable turnAway = () -> {
                    close(channel);
                    warnings.warn("Closing connections before the end of their handshakes: all " + maxHandshakes
                            + " places are taken (setting erlang.listen.max-handshakes)");
                };
                HandshakePlaces.Place place = places.take(channel.socket().getInetAddress(), turnAway);
                if (place == null) {
                    turnAway.run();
                } else {
                    Thread.ofVirtual().name("erlang-handshake").start(() -> shakeHands(handshakes, channel, place));
                }
            } catch (ClosedChannelException stopped) {
                return;
            } catch (IOException e) {
                warnings.warn("Cannot accept connections: " + e.getMessage());
                LockSupport.parkNanos(ACCEPT_RETRY_NANOS);
            } catch (RuntimeException | Error e) {
                report(e);
                LockSupport.parkNanos(ACCEPT_RETRY_NANOS);
            }
        }
    }

    private static void report(Throwable failure) {
        try {
            log.error("Accepting a connection failed by an error in this node", failure);
        } catch (Throwable _) {
            // Accepting the next connection counts more than the line in the log.
        }
    }

    private void shakeHands(Handshakes handshakes, SocketChannel channel, HandshakePlaces.Place place) {
        try {
            PeerSocket socket = handshakes.security().accepted(channel, handshakes.timeout());
            HandshakeResult result = handshakes.acceptor().accept(socket.packets(), hello -> {
                place.spoke();
                return admit(handshakes.host(), hello, socket);
            });
            place.leave();
            handshakes.host().adopt(socket, result);
        } catch (HandshakeException e) {
            log(channel, e);
            close(channel);
        } catch (IOException e) {
            log.debug("Handshake with {} failed: {}", remote(channel), e.getMessage());
            close(channel);
        } catch (RuntimeException | Error e) {
            log.error("Handshake with {} failed by an error in this node", remote(channel), e);
            close(channel);
        } finally {
            place.leave();
        }
    }

    private AcceptDecision admit(Host host, PeerHello hello, PeerSocket socket) {
        try {
            socket.requireHost(hello.host());
            return host.admit(hello);
        } catch (HandshakeException e) {
            refused(hello + " " + e.getMessage());
            return new AcceptDecision.NotAllowed();
        }
    }

    /// A warning does not contain the peer's address: its port differs each time, so no two lines would be
    /// equal.
    private void log(SocketChannel channel, HandshakeException e) {
        switch (e.failure()) {
            case PEER_COOKIE_WRONG, FLAGS_MISSING, REFLECTED, TLS_REFUSED, VIOLATION, DEADLINE ->
                refused(String.valueOf(e.getMessage()));
            case OUR_COOKIE_NOT_ACCEPTED,
                    REJECTED_BY_PEER,
                    REJECTED_BY_US,
                    PEER_CONNECTS,
                    ALREADY_CONNECTED,
                    TLS_UNANSWERED,
                    CLOSED -> log.debug("Incoming connection from {} ended: {}", remote(channel), e.getMessage());
        }
    }

    private void refused(String reason) {
        warnings.warn("Incoming connection refused: " + reason);
        synchronized (lock) {
            refusals = new Refusals(refusals.count() + 1, reason, Instant.now());
        }
    }

    /// The connections that have been refused so far.
    public Refusals refusals() {
        synchronized (lock) {
            return refusals;
        }
    }

    private static String remote(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException closed) {
            return "a closed connection";
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // The channel is not used any more.
        }
    }

    /// Stops accepting connections. Idempotent.
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            log.debug("Closing the listening socket failed", e);
        }
    }
}
