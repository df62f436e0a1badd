package dev.pier.erlang.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.FrameFormat;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;

/// A node of Pier and a scripted peer that has connected to it: tests send and expect single control messages.
///
/// Threads: that of the test.
public final class ScriptedScene implements AutoCloseable {
    private final ScriptedPeer peer = ScriptedPeer.named("scripted").cookie("for_scripted_peers");
    private final TestNode node;
    private final ScriptedConnection connection;
    private final FrameFormat format;

    private ScriptedScene(long flags, ProcessLimits limits) throws IOException {
        node = TestNode.start(peer.cookie(), limits);
        connection = peer.flags(flags).connectAndShakeHands(node.name());
        format = Capabilities.negotiate(DistFlags.OURS, flags).frameFormat();
        // The peer completes the handshake a little before the node uses the connection.
        Await.until("the connection", this::isConnected);
    }

    /// A scene with a peer that offers what a current Erlang node offers.
    public static ScriptedScene modern() throws IOException {
        return withFlags(ScriptedPeer.MODERN_FLAGS);
    }

    /// A scene with a peer that offers these flags.
    public static ScriptedScene withFlags(long flags) throws IOException {
        return new ScriptedScene(flags, ProcessLimits.DEFAULT);
    }

    /// A scene with a current peer, and a node with these limits.
    public static ScriptedScene withLimits(ProcessLimits limits) throws IOException {
        return new ScriptedScene(ScriptedPeer.MODERN_FLAGS, limits);
    }

    public TestNode node() {
        return node;
    }

    public ScriptedPeer peer() {
        return peer;
    }

    public ScriptedConnection connection() {
        return connection;
    }

    public boolean isConnected() {
        return node.node().links().stream().anyMatch(link -> link.current().isPresent());
    }

    /// A pid of the peer.
    public Pid peerPid(int id) {
        return new Pid(Atom.of(peer.nodeName()), id, 0, peer.creation());
    }

    public void send(byte[] control) {
        connection.sendFrame(frame(control));
    }

    public void send(byte[] control, byte[] payload) {
        connection.sendFrame(frame(control, payload));
    }

    public void expect(byte[] control) {
        assertThat(connection.expectFrame()).isEqualTo(frame(control));
    }

    public void expect(byte[] control, byte[] payload) {
        assertThat(connection.expectFrame()).isEqualTo(frame(control, payload));
    }

    private byte[] frame(byte[] control) {
        return format == FrameFormat.HEADER ? FrameBytes.normal(control) : FrameBytes.passThrough(control);
    }

    private byte[] frame(byte[] control, byte[] payload) {
        return format == FrameFormat.HEADER
                ? FrameBytes.normal(control, payload)
                : FrameBytes.passThrough(control, payload);
    }

    /// Shows that the node has sent nothing since the last expected frame: the answer to a ping is the next frame.
    public void expectNothing() {
        byte[] tag = peer.reference(999);
        send(
                TermBytes.tuple(TermBytes.integer(6), peer.pid(999), TermBytes.atom(""), TermBytes.atom("net_kernel")),
                TermBytes.tuple(
                        TermBytes.atom("$gen_call"),
                        TermBytes.tuple(peer.pid(999), tag),
                        TermBytes.tuple(TermBytes.atom("is_auth"), TermBytes.atom(peer.nodeName()))));
        assertThat(connection.expectFrame()).endsWith(TermBytes.tuple(tag, TermBytes.atom("yes")));
    }

    /// The next message of a mailbox.
    public static Message receive(Mailbox mailbox) {
        return mailbox.receive(Await.PATIENCE).orElseThrow(() -> new AssertionError("no message arrived"));
    }

    @Override
    public void close() {
        connection.close();
        peer.close();
        node.close();
    }
}
