package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.reference;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Message;
import dev.pier.erlang.Reply;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls and answers above `erlang.limits.message`, which are discarded: their callers, who may wait without a
/// timeout, get an error.
class OversizedCallsIT {
    private static final int LIMIT = 100_000;
    private static final int PART = 60_000;
    private static final String LARGE = "binary:copy(<<1>>, 1000000)";
    private static final long ALIAS = 1L << 35;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        ConnectionSettings usual = ConnectionSettings.DEFAULT;
        FragmentLimits small = new FragmentLimits(100, LIMIT, 10L * LIMIT);
        ConnectionSettings bounded =
                new ConnectionSettings(usual.netTickTime(), usual.maxFrame(), small, usual.maxQueued(), usual.decode());
        node = TestNode.start(erlang.cookie(), bounded, 100);
        node.processes().register("server", new GenServer() {
            @Override
            public void handleCall(Message request, From from) {
                from.reply("small enough");
            }

            @Override
            public void handleCast(Message request) {}
        });
        // SEEN: OTP 25: the message that opens a connection is not split, whatever its size.
        assertThat(erlang.eval("net_adm:ping('" + node.name() + "')")).isEqualTo("pong");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String tried(String call) {
        return erlang.eval("try " + call + " catch exit:{Reason, {gen_server, call, _}} -> {ended, Reason} end");
    }

    @Test
    void aCallOfAServerEndsWithSystemLimit() {
        String server = "{server, '" + node.name() + "'}";
        assertThat(tried("gen_server:call(" + server + ", " + LARGE + ", infinity)"))
                .isEqualTo("{ended,system_limit}");
        assertThat(tried("gen_server:call(" + server + ", small, infinity)")).isEqualTo("<<\"small enough\">>");
    }

    @Test
    void aBlockCallEndsWithSystemLimit() {
        assertThat(erlang.eval("rpc:block_call('" + node.name() + "', m, f, [" + LARGE + "])"))
                .isEqualTo("{badrpc,{'EXIT',{system_limit,[]}}}");
        assertThat(erlang.eval("rpc:block_call('" + node.name() + "', m, f, [])"))
                .startsWith("{badrpc,{'EXIT',{undef");
    }

    /// As by `erl_call` and programs in C, which have no monitor.
    @Test
    void aCallByRexEndsWithSystemLimit() {
        try (ScriptedPeer peer = ScriptedPeer.named("caller").cookie(erlang.cookie());
                ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            byte[] control = tuple(integer(6), peer.pid(1), atom(""), atom("rex"));
            byte[] call = tuple(atom("call"), atom("m"), atom("f"), list(large()), atom("user"));
            FrameBytes.fragments(7, control, tuple(peer.pid(1), call), PART).forEach(connection::sendFrame);
            assertThat(connection.expectFrame())
                    .endsWith(tuple(
                            atom("rex"),
                            tuple(atom("badrpc"), tuple(atom("EXIT"), tuple(atom("system_limit"), nil())))));
        }
    }

    /// From a node without aliases, which answers to the pid.
    @Test
    void anAnswerEndsTheCallWithTheLimit() throws Exception {
        try (ScriptedPeer peer =
                        ScriptedPeer.named("server").cookie(erlang.cookie()).flags(ScriptedPeer.MODERN_FLAGS & ~ALIAS);
                ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            PeerLink link = node.node().link(NodeName.parse(peer.nodeName()));
            Await.until("the connection", () -> link.current().isPresent());
            GenServerRef server = node.peer(link).server("server");
            FutureTask<Reply> call = new FutureTask<>(() -> server.call("request"));
            Thread.ofVirtual().start(call);
            ControlMessage.MonitorP monitor = monitor(connection, peer);
            byte[] control = tuple(integer(22), peer.pid(1), TermBytes.pid(monitor.from()));
            byte[] answer = tuple(reference(monitor.reference()), large());
            FrameBytes.fragments(7, control, answer, PART).forEach(connection::sendFrame);
            assertThatThrownBy(call::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(MalformedTerm.class)
                    .hasMessageContaining("erlang.limits.message");
        }
    }

    private static byte[] large() {
        return binary("x".repeat(10 * LIMIT));
    }

    private static ControlMessage.MonitorP monitor(ScriptedConnection connection, ScriptedPeer peer)
            throws ProtocolViolation {
        FrameDecoder decoder =
                new FrameDecoder(new Capabilities(peer.flags()), DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        while (true) {
            byte[] frame = connection.expectFrame();
            if (decoder.decode(frame, 0, frame.length)
                    instanceof Frame.Message(ControlMessage.MonitorP monitor, var _)) {
                return monitor;
            }
        }
    }
}
