package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.ericsson.otp.erlang.OtpEpmd;
import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangExit;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpMbox;
import com.ericsson.otp.erlang.OtpNode;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.jinterface.OtpTerms;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.WireTap;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls to a node of JInterface, which offers neither spawn nor monitors: by the legacy `rex` protocol, and to
/// servers without a monitor. After each test the same connection carries a message in both directions.
class JInterfaceCallsIT {
    private static final String COOKIE = "of_callers";
    private static final Duration BRIEF = Duration.ofMillis(300);

    /// SPEC: erl_dist_protocol, Protocol between Connected Nodes: MONITOR_P, DEMONITOR_P, SPAWN_REQUEST,
    /// ALIAS_SEND, and the operations with a payload instead of a reason.
    private static final List<Integer> NOT_OFFERED = List.of(19, 20, 24, 25, 26, 27, 28, 29, 30, 33, 34);

    private final String otherName = TestHost.nodeName(TestHost.uniqueName("otp"));
    private final BlockingQueue<Term> casts = new LinkedBlockingQueue<>();
    private WireTap tap;
    private TestNode node;
    private OtpNode other;
    private Peer peer;
    private int processesBefore;

    @BeforeEach
    void open() throws IOException {
        OtpEpmd.useEpmdPort(TestEpmd.port());
        tap = new WireTap();
        node = TestNode.start(COOKIE, tap);
        processesBefore = node.node().processes().count();
        other = new OtpNode(otherName, COOKIE);
        peer = node.peer(link());
    }

    private PeerLink link() {
        return node.node().link(NodeName.parse(otherName));
    }

    @AfterEach
    void close() {
        other.close();
        node.close();
        tap.close();
    }

    /// Answers what comes to a mailbox of the JInterface node, until that node is closed.
    private void serve(String name, Answering answering) {
        OtpMbox mailbox = other.createMbox(name);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    answering.answer(mailbox, (OtpErlangTuple) mailbox.receive());
                }
            } catch (OtpErlangExit | RuntimeException closed) {
                // The node has been closed.
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private interface Answering {
        void answer(OtpMbox mailbox, OtpErlangTuple message) throws Exception;
    }

    /// As the process `rex` of Erlang before `erpc`, for a few functions.
    private void serveRex() {
        serve("rex", (mailbox, message) -> {
            if (message.elementAt(0) instanceof OtpErlangPid caller) {
                OtpErlangTuple call = (OtpErlangTuple) message.elementAt(1);
                assertThat(call.elementAt(0)).isEqualTo(new OtpErlangAtom("call"));
                assertThat(call.elementAt(4)).isEqualTo(new OtpErlangAtom("user"));
                String function = ((OtpErlangAtom) call.elementAt(2)).atomValue();
                if (!function.equals("sleeps")) {
                    mailbox.send(caller, tuple(new OtpErlangAtom("rex"), result(function, call.elementAt(3))));
                }
            } else {
                casts.add(OtpTerms.toTerm(message));
            }
        });
    }

    private static OtpErlangObject result(String function, OtpErlangObject arguments) {
        return switch (function) {
            case "echo" -> arguments;
            case "fails" -> otp("{badrpc,{'EXIT',{oops,[{m,fails,0,[]}]}}}");
            case "exits" -> otp("{badrpc,{'EXIT',bye}}");
            default -> otp("{badrpc,nodedown}");
        };
    }

    private static OtpErlangObject otp(String term) {
        return OtpTerms.toOtp(Term.parse(term), OtpErlangObject.class);
    }

    private static OtpErlangTuple tuple(OtpErlangObject... elements) {
        return new OtpErlangTuple(elements);
    }

    private void assertNoProcessIsLeft() {
        assertThat(node.node().processes().count()).isEqualTo(processesBefore);
    }

    private void theConnectionLives() {
        assertThat(link().totals().reconnects()).isZero();
        OtpMbox theirs = other.createMbox("theirs");
        try (Mailbox ours = node.processes().mailbox("ours")) {
            ours.send("theirs", otherName, Atom.of("hello"));
            assertThat(Await.value("the message", () -> theirs.receive(1000), message -> message != null))
                    .isEqualTo(new OtpErlangAtom("hello"));
            theirs.send(OtpTerms.toOtp(ours.self(), OtpErlangPid.class), new OtpErlangAtom("back"));
            assertThat(ours.receive(Await.PATIENCE).orElseThrow().term()).isEqualTo(Atom.of("back"));
        }
        theirs.close();
        assertThat(tap.frames())
                .filteredOn(frame -> frame.sentBy(node.port()))
                .allSatisfy(frame -> assertThat(frame.operation()).isNotIn(NOT_OFFERED));
    }

    @Test
    void functionsAreCalledByTheLegacyRexProtocol() throws Exception {
        serveRex();
        assertThat(peer.call("m", "echo", 1, "two").term()).isEqualTo(Term.parse("[1,<<\"two\">>]"));
        RemoteError failure = catchThrowableOfType(RemoteError.class, () -> peer.call("m", "fails"));
        assertThat(failure.reason()).isEqualTo(Atom.of("oops"));
        assertThat(failure).hasMessageContaining("m:fails/0 failed: oops in {m,fails,0,[]}");
        RemoteExit exit = catchThrowableOfType(RemoteExit.class, () -> peer.call("m", "exits"));
        assertThat(exit.reason()).isEqualTo(Atom.of("bye"));
        assertThatThrownBy(() -> peer.call("m", "other"))
                .isInstanceOf(RemoteError.class)
                .hasMessageContaining("could not be run: nodedown");
        peer.cast("m", "f", 1);
        assertThat(casts.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(Term.parse("{'$gen_cast',{cast,m,f,[1],user}}"));
        assertNoProcessIsLeft();
        theConnectionLives();
    }

    @Test
    void manyCallsAtOnce() {
        serveRex();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Term expected = Term.parse("[" + i + "]");
            calls.add(peer.callAsync("m", "echo", i)
                    .thenAccept(reply -> assertThat(reply.term()).isEqualTo(expected)));
        }
        calls.forEach(call -> Await.result("a call", call));
        assertNoProcessIsLeft();
        theConnectionLives();
    }

    @Test
    void aNodeWithoutRexGivesNoAnswer() {
        assertThatThrownBy(() -> peer.with(new CallOptions(BRIEF)).call("erlang", "node"))
                .isInstanceOf(CallTimeout.class)
                .hasMessageEndingWith("erlang:node/0 gave no answer within 300 ms");
        peer.cast("m", "f");
        assertNoProcessIsLeft();
        theConnectionLives();
    }

    @Test
    void aCallEndsWithTheConnection() {
        serveRex();
        CompletableFuture<?> call = peer.callAsync("m", "sleeps");
        Await.until("the request", () -> tap.frames().stream().anyMatch(frame -> frame.operation() == 6));
        other.close();
        assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectionLost.class);
    }

    @Test
    void aPingIsThatOfNetAdm() {
        assertThat(peer.ping()).isTrue();
        theConnectionLives();
    }

    @Test
    void aServerIsCalledWithoutAMonitor() {
        serve("server", (mailbox, message) -> {
            OtpErlangTuple from = (OtpErlangTuple) message.elementAt(1);
            if (!message.elementAt(2).equals(new OtpErlangAtom("sleep"))) {
                mailbox.send((OtpErlangPid) from.elementAt(0), tuple(from.elementAt(1), message.elementAt(2)));
            }
        });
        assertThat(peer.server("server").call("request").as(String.class)).isEqualTo("request");
        assertThatThrownBy(() -> peer.server("server").call(Atom.of("sleep"), BRIEF))
                .isInstanceOf(CallTimeout.class);
        assertThatThrownBy(() -> peer.server("missing").call(1, BRIEF)).isInstanceOf(CallTimeout.class);
        theConnectionLives();
    }

    @Test
    void aStreamIsRefusedAtOnce() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> peer.stream("m", "rows"))
                    .isInstanceOfSatisfying(UnsupportedByPeer.class, e -> {
                        assertThat(e.flag()).isEqualTo("DFLAG_SPAWN");
                        assertThat(e.maybeExecuted()).isFalse();
                    })
                    .hasMessageContaining("m:rows/0");
            // The second time the peer is known already.
            peer.ping();
        }
        assertThat(link().lanes().inUse()).isZero();
        theConnectionLives();
    }
}
