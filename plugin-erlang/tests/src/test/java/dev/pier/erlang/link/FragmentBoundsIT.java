package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Messages that a peer begins and does not finish.
class FragmentBoundsIT {
    private static final int REQUESTS = 30;
    private static final int OPTION_BYTES = 100_000;
    private static final FragmentLimits LIMITS = new FragmentLimits(1000, 1 << 20, 1 << 20);

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    /// Spawn requests whose options are large and whose payload is small.
    @Test
    void spawnOptionsCountAndOtherPeersAreServed() throws Exception {
        ConnectionSettings settings = ConnectionSettings.DEFAULT;
        ConnectionSettings tight = new ConnectionSettings(
                settings.netTickTime(), settings.maxFrame(), LIMITS, settings.maxQueued(), settings.decode());
        byte[][] options = new byte[OPTION_BYTES / 2][];
        Arrays.fill(options, tuple());
        byte[] manyOptions = list(options);
        try (TestNode node = TestNode.start(erlang.cookie(), tight, 100);
                ScriptedPeer peer = ScriptedPeer.named("hostile").cookie(erlang.cookie());
                ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            node.runtime().expose("java", "echo", 1, arguments -> arguments.term(0));
            for (int i = 1; i <= REQUESTS; i++) {
                byte[] request = tuple(
                        integer(29),
                        peer.reference(i),
                        peer.pid(1),
                        peer.pid(1),
                        tuple(atom("java"), atom("echo"), integer(1)),
                        manyOptions);
                connection.sendFrame(FrameBytes.firstFragment(i, 2, new AtomRefs(), request, new byte[] {106}));
            }
            assertThat(erlang.eval("erpc:call('" + node.name() + "', java, echo, [hello])"))
                    .isEqualTo("hello");
            for (int i = 1; i <= REQUESTS; i++) {
                connection.sendFrame(FrameBytes.nextFragment(i, 1, nil()));
            }
            List<Atom> refusals = refusals(connection);
            assertThat(refusals).filteredOn(Atom.of("badopt")::equals).hasSizeBetween(5, 11);
            assertThat(refusals).filteredOn(Atom.of("system_limit")::equals).hasSizeBetween(19, 25);
        }
    }

    private static List<Atom> refusals(ScriptedConnection connection) throws Exception {
        FrameDecoder decoder = new FrameDecoder(
                new Capabilities(ScriptedPeer.MODERN_FLAGS), DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        List<Atom> refusals = new ArrayList<>();
        while (refusals.size() < REQUESTS) {
            byte[] frame = connection.expectFrame();
            if (decoder.decode(frame, 0, frame.length) instanceof Frame.Message message
                    && message.control() instanceof ControlMessage.SpawnReply reply) {
                refusals.add((Atom) reply.result());
            }
        }
        return refusals;
    }
}
