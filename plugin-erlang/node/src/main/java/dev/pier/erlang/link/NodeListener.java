package dev.pier.erlang.link;

import dev.pier.erlang.handshake.AcceptPolicy;
import dev.pier.erlang.handshake.Acceptor;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.StreamTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets other nodes connect. One thread accepts and does nothing else; each handshake has a virtual thread of its own
/// and a deadline at each step, so that no stranger can hold up another.
public final class NodeListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeListener.class);

    /// After a failed accept, as when there are no file descriptors left: trying at once would only burn the CPU.
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final ServerSocketChannel server;
    private final int port;
    private final RateLimitedLog warnings = new RateLimitedLog(log);

    /// Guarded by `this`.
    private Refusals refusals = Refusals.NONE;

    /// The node that peers connect to. Its methods run on the thread of one handshake.
    public interface Host extends AcceptPolicy {
        /// Takes over a connection whose handshake has succeeded. If this throws, the listener closes the channel.
        void adopt(SocketChannel channel, HandshakeResult handshake) throws IOException;
    }

    /// Connections that were refused for a reason that somebody may have to see to: another cookie, missing flags, a
    /// broken handshake. No more than the last is kept, for how many there are is the strangers' choice.
    ///
    /// @param count how many there have been
    /// @param last the last one's reason, in a sentence
    /// @param at when that was
    public record Refusals(long count, String last, Instant at) {
        static final Refusals NONE = new Refusals(0, "", Instant.EPOCH);
    }

    private NodeListener(ServerSocketChannel server, int port) {
        this.server = server;
        this.port = port;
    }

    /// Reserves the port; nobody is let in before [#start].
    ///
    /// @throws IOException if the address cannot be listened on
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

    /// Begins to let other nodes in.
    ///
    /// @param identity what this node says of itself
    /// @param threads makes the thread that accepts
    public void start(Identity identity, Cookie cookie, LinkSettings settings, ThreadFactory threads, Host host) {
        Acceptor acceptor = new Acceptor(identity, cookie, settings.handshakeTimeout());
        Thread thread = threads.newThread(() -> acceptAll(acceptor, settings.maxHandshakes(), host));
        thread.setName("erlang-accept-" + identity.name());
        thread.start();
    }

    private void acceptAll(Acceptor acceptor, int maxHandshakes, Host host) {
        Semaphore handshakes = new Semaphore(maxHandshakes);
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                if (handshakes.tryAcquire()) {
                    Thread.ofVirtual().name("erlang-handshake").start(() -> {
                        try {
                            shakeHands(acceptor, channel, host);
                        } finally {
                            handshakes.release();
                        }
                    });
                } else {
                    close(channel);
                    warnings.warn("Connections are turned away: "
                            + maxHandshakes
                            + " others are not authenticated yet (setting erlang.listen.max-handshakes)");
                }
            } catch (ClosedChannelException stopped) {
                return;
            } catch (IOException | RuntimeException e) {
                log.warn("Accepting a connection failed", e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void shakeHands(Acceptor acceptor, SocketChannel channel, Host host) {
        boolean adopted = false;
        try {
            host.adopt(channel, acceptor.accept(StreamTransport.tcp(channel), host));
            adopted = true;
        } catch (HandshakeException e) {
            log(channel, e);
        } catch (IOException e) {
            log.debug("{} left during the handshake: {}", remote(channel), e.getMessage());
        } catch (RuntimeException | Error e) {
            log.error("The handshake with {} failed by a fault of this node", remote(channel), e);
        } finally {
            if (!adopted) {
                close(channel);
            }
        }
    }

    /// Without the peer's address in a warning: its port is another each time, and the line would never be the same.
    /// A violated protocol and a wrong cookie are worth a warning; a peer that left, or that is to use another
    /// connection, is not.
    private void log(SocketChannel channel, HandshakeException e) {
        switch (e.failure()) {
            case COOKIE_REJECTED, FLAGS_MISSING, VIOLATION, DEADLINE -> {
                warnings.warn("A connection was refused: " + e.getMessage());
                synchronized (this) {
                    refusals = new Refusals(refusals.count() + 1, String.valueOf(e.getMessage()), Instant.now());
                }
            }
            case COOKIE_REFUSED, NOT_ALLOWED, REFUSED, PEER_CONNECTS, ALREADY_CONNECTED, CLOSED ->
                log.debug("A connection from {} came to nothing: {}", remote(channel), e.getMessage());
        }
    }

    /// What has been refused so far.
    public synchronized Refusals refusals() {
        return refusals;
    }

    private static String remote(SocketChannel channel) {
        try {
            return String.valueOf(channel.getRemoteAddress());
        } catch (IOException closed) {
            return "a peer that has left";
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Closing is all that was wanted.
        }
    }

    /// Lets nobody in any more. Idempotent.
    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            log.debug("Closing the listening socket failed", e);
        }
    }
}
