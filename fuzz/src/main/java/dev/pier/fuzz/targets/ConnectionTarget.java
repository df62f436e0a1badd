package dev.pier.fuzz.targets;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.pid;
import static dev.pier.erlang.testing.TermBytes.tuple;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.fuzz.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The frames that a peer with the cookie sends on an established connection to a running node.
///
/// The node accepts an input if it still answers on that connection, and refuses it by closing the connection. In both
/// cases the next peer can connect.
final class ConnectionTarget implements Target {
    static final String NAME = "connections";

    private static final String PEER = TestHost.nodeName("fuzzing");
    private static final byte[] NOPROC = atom("noproc");

    private final NodeRuntime node;

    /// A process for which some messages are.
    private final Mailbox user;

    ConnectionTarget() {
        try {
            node = ErlangNodes.builder(TestHost.nodeName(TestHost.uniqueName("fuzzed")))
                    .cookie("fuzz")
                    .listen(new InetSocketAddress(TestHost.address(), 0))
                    .epmd(EpmdSettings.DEFAULT.withPort(TestEpmd.port()).withRegister(false))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        user = node.mailbox("user");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 500;
    }

    @Override
    public List<byte[]> seeds() {
        return Frames.between(PEER, node.name());
    }

    @Override
    public List<byte[]> dictionary() {
        return Frames.dictionary(PEER, node.name());
    }

    @Override
    public boolean accepts(byte[] input) {
        try (ScriptedPeer peer = ScriptedPeer.named("fuzzing").cookie("fuzz");
                ScriptedConnection connection = peer.connect(Objects.requireNonNull(node.port()))) {
            connection.initiateHandshake(Step.ACK);
            try {
                for (byte[] frame : Pieces.split(input)) {
                    connection.sendFrame(frame);
                }
                connection.sendFrame(probe(peer));
            } catch (UncheckedIOException closed) {
                return false;
            }
            return answers(connection);
        }
    }

    /// A link to a process that does not exist, which the node has to answer.
    private byte[] probe(ScriptedPeer peer) {
        byte[] missing = pid(node.name(), 1_000_000, 0, node.local().creation());
        return FrameBytes.normal(tuple(integer(1), peer.pid(1), missing));
    }

    private static boolean answers(ScriptedConnection connection) {
        while (true) {
            Optional<byte[]> frame = connection.frameOrEnd();
            if (frame.isEmpty()) {
                return false;
            }
            if (endsWith(frame.get(), NOPROC)) {
                return true;
            }
        }
    }

    private static boolean endsWith(byte[] bytes, byte[] end) {
        int from = bytes.length - end.length;
        return from >= 0 && Arrays.equals(bytes, from, bytes.length, end, 0, end.length);
    }

    @Override
    public void close() {
        user.close();
        node.close();
    }
}
