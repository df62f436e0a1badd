package dev.pier.erlang.link;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.EpmdException;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.epmd.TimeShares;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeResult;
import dev.pier.erlang.handshake.Identity;
import dev.pier.erlang.handshake.Initiator;
import dev.pier.erlang.transport.PeerSocket;
import dev.pier.erlang.transport.SocketSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Opens connections over TCP under one name of this node: finds the peer, connects, shakes hands, within TLS if
/// the peer is to be reached so.
///
/// Threads: runs on the thread of the link's attempt.
public final class TcpDialer implements PeerLink.Dialer {
    /// Makes a session of a socket after the handshake, and starts it.
    public interface Establishment {
        Session establish(PeerLink link, PeerSocket socket, HandshakeResult handshake) throws IOException;
    }

    private final NodeName node;
    private final Identity identity;
    private final Cookies cookies;
    private final LinkSettings settings;
    private final NodeLocator locator;
    private final SocketSecurity.Outgoing security;
    private final Establishment establishment;

    /// @param node this node's name
    /// @param identity what it says of itself on these connections: a lane has a name of its own
    public TcpDialer(
            NodeName node,
            Identity identity,
            Cookies cookies,
            LinkSettings settings,
            NodeLocator locator,
            SocketSecurity.Outgoing security,
            Establishment establishment) {
        this.node = node;
        this.identity = identity;
        this.cookies = cookies;
        this.settings = settings;
        this.locator = locator;
        this.security = security;
        this.establishment = establishment;
    }

    @Override
    public Session dial(PeerLink link, DialAttempt attempt) throws DialFailure, InterruptedException {
        if (link.name().equals(node)) {
            throw DialFailure.refusal("this is the name of this node itself", null);
        }
        SocketChannel channel = connect(locate(link));
        try {
            attempt.onCancel(() -> close(channel));
            PeerSocket socket = security.connected(channel, link.name(), settings.handshakeTimeout());
            HandshakeResult handshake = new Initiator(identity, cookies.of(link.name()), settings.handshakeTimeout())
                    .connect(socket.packets(), link.name(), link::replacesOther);
            return establishment.establish(link, socket, handshake);
        } catch (HandshakeException e) {
            if (e.failure() == HandshakeException.Failure.PEER_CONNECTS) {
                // Before the peer can see the end of this connection and open its own.
                attempt.yieldToPeer();
            }
            close(channel);
            return afterFailure(link, attempt, e);
        } catch (IOException e) {
            close(channel);
            throw DialFailure.away(text(e), e);
        } catch (Throwable t) {
            close(channel);
            throw t;
        }
    }

    private List<InetSocketAddress> locate(PeerLink link) throws DialFailure {
        try {
            return locator.locateAll(link.name());
        } catch (EpmdException e) {
            throw switch (e.reason()) {
                case VERSION_UNSUPPORTED -> DialFailure.refusal(text(e), e);
                case UNREACHABLE, NAME_TAKEN, HOST_UNKNOWN, NODE_UNKNOWN, MALFORMED_REPLY ->
                    DialFailure.away(text(e), e);
            };
        }
    }

    /// Connects to the first address that answers.
    private SocketChannel connect(List<InetSocketAddress> addresses) throws DialFailure {
        TimeShares shares = new TimeShares(settings.connectTimeout(), addresses.size());
        List<String> problems = new ArrayList<>();
        IOException last = null;
        for (InetSocketAddress address : addresses) {
            SocketChannel channel = null;
            try {
                channel = SocketChannel.open();
                channel.socket().connect(address, (int) shares.next().toMillis());
                return channel;
            } catch (IOException e) {
                close(channel);
                problems.add("cannot reach " + address + ": " + text(e));
                last = e;
            }
        }
        throw DialFailure.away(String.join("; ", problems), last);
    }

    private Session afterFailure(PeerLink link, DialAttempt attempt, HandshakeException e)
            throws DialFailure, InterruptedException {
        return switch (e.failure()) {
            case PEER_CONNECTS -> link.awaitIncoming(attempt, settings.handshakeTimeout());
            case OUR_COOKIE_NOT_ACCEPTED, TLS_UNANSWERED -> throw DialFailure.suspectedRefusal(text(e), e);
            case PEER_COOKIE_WRONG, REJECTED_BY_PEER, FLAGS_MISSING, REFLECTED, REJECTED_BY_US, TLS_REFUSED ->
                throw DialFailure.refusal(text(e), e);
            case ALREADY_CONNECTED, VIOLATION, DEADLINE, CLOSED -> throw DialFailure.away(text(e), e);
        };
    }

    private static String text(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static void close(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // The channel is not used any more.
        }
    }
}
