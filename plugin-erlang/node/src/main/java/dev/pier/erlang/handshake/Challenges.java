package dev.pier.erlang.handshake;

import dev.pier.erlang.handshake.HandshakeTransport.Route;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The challenges of the handshakes that run in this JVM, as acceptor and as initiator, of all its nodes and
/// lanes.
///
/// A node proves the cookie for any challenge that it receives. So a stranger can hand a challenge of this JVM
/// back to it on another connection, and take the answer for its own proof. [#isReflected] recognizes such a
/// challenge.
///
/// One set serves all cookies: a challenge of another cookie equals one of the set by chance only, with a
/// probability of less than one in a million.
///
/// Threads: any thread may call.
///
/// Lifecycle: a challenge is in the set from [#issue] until it is closed, at the end of its handshake. So there
/// is at most one for each running handshake.
final class Challenges {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Map<Integer, Route> OUTSTANDING = new ConcurrentHashMap<>();

    private Challenges() {}

    /// A challenge of this JVM, unpredictable, so that a proof for another one is useless for it.
    record Issued(int number) implements AutoCloseable {
        @Override
        public void close() {
            OUTSTANDING.remove(number);
        }
    }

    /// @param route the connection on which the challenge is sent
    static Issued issue(Route route) {
        while (true) {
            int number = RANDOM.nextInt();
            if (OUTSTANDING.putIfAbsent(number, route) == null) {
                return new Issued(number);
            }
        }
    }

    /// Whether a received challenge was issued by this JVM on another connection. Two nodes of one JVM that
    /// connect to each other see both ends of one connection, and may go on.
    ///
    /// @param route the connection on which the challenge was received
    static boolean isReflected(int challenge, Route route) {
        Route issued = OUTSTANDING.get(challenge);
        return issued != null && !issued.isOppositeOf(route);
    }
}
