package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.reference;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Reply;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A node that answers a call which another node was asked.
class AnswersIT {
    private static final String COOKIE = "answers";
    private static final long ALIAS = 1L << 35;

    private TestNode node;
    private ScriptedPeer asked;
    private ScriptedPeer other;
    private LogCapture log;

    /// The way of an answer.
    enum Way {
        /// `{[alias|Ref], Answer}` to the alias.
        ALIAS(ScriptedPeer.MODERN_FLAGS) {
            @Override
            byte[] answer(ScriptedPeer from, Pid caller, Reference ref, String text) {
                byte[] tag = Bytes.bytes()
                        .u8(108)
                        .u32(1)
                        .raw(atom("alias"), reference(ref))
                        .array();
                return FrameBytes.normal(tuple(integer(33), from.pid(1), reference(ref)), tuple(tag, atom(text)));
            }
        },
        /// `{Ref, Answer}` to the pid, from a node that knows no aliases.
        PID(ScriptedPeer.MODERN_FLAGS & ~AnswersIT.ALIAS) {
            @Override
            byte[] answer(ScriptedPeer from, Pid caller, Reference ref, String text) {
                byte[] control = tuple(integer(22), from.pid(1), TermBytes.pid(caller));
                return FrameBytes.normal(control, tuple(reference(ref), atom(text)));
            }
        };

        final long flags;

        Way(long flags) {
            this.flags = flags;
        }

        abstract byte[] answer(ScriptedPeer from, Pid caller, Reference ref, String text);
    }

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(COOKIE);
        asked = ScriptedPeer.named("asked").cookie(COOKIE);
        other = ScriptedPeer.named("other").cookie(COOKIE);
        log = LogCapture.begin();
    }

    @AfterEach
    void stop() {
        log.close();
        other.close();
        asked.close();
        node.close();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void onlyTheAnswerOfTheNodeThatWasAskedCounts(Way way) throws Exception {
        asked.flags(way.flags);
        try (ScriptedConnection good = asked.connectAndShakeHands(node.name());
                ScriptedConnection bad = other.connectAndShakeHands(node.name())) {
            PeerLink link = node.node().link(NodeName.parse(asked.nodeName()));
            Await.until("the connection", () -> link.current().isPresent());
            GenServerRef server = node.peer(link).server("server");
            FutureTask<Reply> call = new FutureTask<>(() -> server.call("request"));
            Thread.ofVirtual().start(call);
            ControlMessage.MonitorP monitor = monitor(good);

            bad.sendFrame(way.answer(other, monitor.from(), monitor.reference(), "stolen"));
            Await.until(
                    "the wrong answer",
                    () -> log.lines(Level.DEBUG, "Discarded an answer from " + other.nodeName())
                                    .size()
                            == 1);
            assertThat(call).isNotDone();
            good.sendFrame(way.answer(asked, monitor.from(), monitor.reference(), "own"));
            assertThat(Await.result("the answer", call).term()).hasToString("own");
        }
    }

    /// The monitor of the call, which the request follows.
    private ControlMessage.MonitorP monitor(ScriptedConnection connection) throws ProtocolViolation {
        FrameDecoder decoder =
                new FrameDecoder(new Capabilities(asked.flags()), DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        while (true) {
            byte[] frame = connection.expectFrame();
            if (decoder.decode(frame, 0, frame.length)
                    instanceof Frame.Message(ControlMessage.MonitorP monitor, var _)) {
                connection.expectFrame();
                return monitor;
            }
        }
    }
}
