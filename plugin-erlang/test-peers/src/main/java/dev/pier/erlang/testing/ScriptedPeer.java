package dev.pier.erlang.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/// A node that a test plays by hand, for what real nodes never do. It is reachable under its name at the tests' EPMD
/// and on its port, and it connects to others:
///
/// ```java
/// try (ScriptedPeer peer = ScriptedPeer.named("peer").cookie("secret")) {
///     ScriptedConnection pier = peer.accept();
///     pier.expectName();
///     pier.sendStatus("ok");
///     pier.sendChallenge();
///     pier.expectReply();
///     pier.close();            // and now?
/// }
/// ```
///
/// It does nothing by itself: a test that calls nothing plays a silent peer. For the thread of the test.
public final class ScriptedPeer implements Closeable {
    /// What a hidden node of today can do, header frames and fragments included.
    public static final long MODERN_FLAGS = 0xd07df7fbcL;
    /// The least that OTP 26 and later accept: no monitors, no header frames.
    public static final long MINIMUM_FLAGS = 0x403070f94L;
    /// Of a node that asks for a name, and of one that gives it.
    public static final long NAME_ME = 1L << 33;

    private static final AtomicInteger CREATIONS = new AtomicInteger(0x01000000);

    private final ServerSocket server;
    private final TestEpmd.Registration registration;
    private final String nodeName;
    private final int creation = CREATIONS.incrementAndGet();
    private String cookie = "";
    private long flags = MODERN_FLAGS;

    private ScriptedPeer(String name) {
        nodeName = TestHost.nodeName(name);
        try {
            server = new ServerSocket(0, 50, TestHost.address());
            server.setSoTimeout(Math.toIntExact(Await.PATIENCE.toMillis()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        registration = TestEpmd.register(name, port());
    }

    /// A peer that listens, under a name that begins so.
    public static ScriptedPeer named(String prefix) {
        return new ScriptedPeer(TestHost.uniqueName(prefix));
    }

    public ScriptedPeer cookie(String shared) {
        cookie = shared;
        return this;
    }

    public ScriptedPeer flags(long capabilities) {
        flags = capabilities;
        return this;
    }

    public String nodeName() {
        return nodeName;
    }

    public String cookie() {
        return cookie;
    }

    public long flags() {
        return flags;
    }

    public int creation() {
        return creation;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// One of this peer's own pids, encoded.
    public byte[] pid(int id) {
        return TermBytes.pid(nodeName, id, 0, creation);
    }

    /// A reference of this peer, encoded.
    public byte[] reference(int id) {
        return TermBytes.reference(nodeName, creation, id, 1, 2);
    }

    /// Waits for the next connection. No byte of the handshake has been exchanged.
    public ScriptedConnection accept() {
        try {
            return new ScriptedConnection(this, server.accept(), false);
        } catch (IOException e) {
            throw new AssertionError("no node connected to " + nodeName, e);
        }
    }

    /// Waits for the next connection and plays the accepting side to the end.
    public ScriptedConnection acceptAndShakeHands() {
        ScriptedConnection connection = accept();
        connection.acceptHandshake(ScriptedConnection.Step.ACK);
        return connection;
    }

    /// Connects to a port of this machine. No byte of the handshake has been exchanged.
    public ScriptedConnection connect(int otherPort) {
        try {
            return new ScriptedConnection(this, new Socket(TestHost.address(), otherPort), true);
        } catch (IOException e) {
            throw new AssertionError(nodeName + " cannot connect to port " + otherPort, e);
        }
    }

    /// Connects to a node that is registered at the tests' EPMD.
    public ScriptedConnection connect(String otherNode) {
        return connect(TestEpmd.portOf(otherNode.substring(0, otherNode.indexOf('@'))));
    }

    /// Connects to a node and plays the initiating side to the end.
    public ScriptedConnection connectAndShakeHands(String otherNode) {
        ScriptedConnection connection = connect(otherNode);
        connection.initiateHandshake(ScriptedConnection.Step.ACK);
        return connection;
    }

    /// Stops listening and gives the name back. Connections stay open.
    @Override
    public void close() {
        registration.close();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
