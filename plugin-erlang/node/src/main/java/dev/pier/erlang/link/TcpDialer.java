package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdException;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.Initiator;
import dev.pier.erlang.handshake.StreamTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// Opens connections over TCP under one name of ours: finds the peer, connects, shakes hands. Runs on a link's thread
/// for attempts.
public final class TcpDialer implements PeerLink.Dialer {
    /// Makes a session of a socket whose handshake is done, and starts it.
    public interface Establishment {
        Session establish(PeerLink link, SocketChannel channel, HandshakeResult introduction) throws IOException;
    }

    private final NodeName node;
    private final Identity identity;
    private final Cookie cookie;
    private final LinkSettings settings;
    private final NodeLocator locator;
    private final Establishment establishment;

    /// @param node this node's name
    /// @param identity what it says of itself on these connections: a lane has a name of its own
    public TcpDialer(
            NodeName node,
            Identity identity,
            Cookie cookie,
            LinkSettings settings,
            NodeLocator locator,
            Establishment establishment) {
        this.node = node;
        this.identity = identity;
        this.cookie = cookie;
        this.settings = settings;
        this.locator = locator;
        this.establishment = establishment;
    }

    @Override
    public Session dial(PeerLink link, PeerLink.Attempt attempt) throws DialFailure, InterruptedException {
        if (link.name().equals(node)) {
            throw DialFailure.refusal("that is this node itself", null);
        }
        SocketChannel channel = connect(locate(link));
        boolean established = false;
        try {
            attempt.onAbort(() -> close(channel));
            HandshakeResult introduction = new Initiator(identity, cookie, settings.handshakeTimeout())
                    .connect(
                            StreamTransport.tcp(channel),
                            link.name(),
                            () -> link.current().isEmpty());
            Session session = establishment.establish(link, channel, introduction);
            established = true;
            return session;
        } catch (HandshakeException e) {
            return afterFailure(link, attempt, e);
        } catch (IOException e) {
            throw DialFailure.of(sentence(e), e);
        } finally {
            if (!established) {
                close(channel);
            }
        }
    }

    private InetSocketAddress locate(PeerLink link) throws DialFailure {
        try {
            return locator.locate(link.name());
        } catch (EpmdException e) {
            throw DialFailure.of(sentence(e), e);
        }
    }

    private SocketChannel connect(InetSocketAddress address) throws DialFailure {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.socket().connect(address, (int) settings.connectTimeout().toMillis());
            return channel;
        } catch (IOException e) {
            close(channel);
            throw DialFailure.of("nobody answers at " + address + ": " + sentence(e), e);
        }
    }

    private Session afterFailure(PeerLink link, PeerLink.Attempt attempt, HandshakeException e)
            throws DialFailure, InterruptedException {
        return switch (e.failure()) {
            case PEER_CONNECTS -> link.awaitIncoming(attempt, settings.handshakeTimeout());
            case COOKIE_REFUSED -> throw DialFailure.maybeRefusal(sentence(e), e);
            case COOKIE_REJECTED, NOT_ALLOWED, FLAGS_MISSING, REFUSED -> throw DialFailure.refusal(sentence(e), e);
            case ALREADY_CONNECTED, VIOLATION, DEADLINE, CLOSED -> throw DialFailure.of(sentence(e), e);
        };
    }

    private static String sentence(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // Closing is all that was wanted.
        }
    }
}
