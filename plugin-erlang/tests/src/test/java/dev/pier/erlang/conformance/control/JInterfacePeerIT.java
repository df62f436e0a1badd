package dev.pier.erlang.conformance.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.ericsson.otp.erlang.OtpEpmd;
import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangExit;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangPid;
import com.ericsson.otp.erlang.OtpMbox;
import com.ericsson.otp.erlang.OtpNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.conformance.By;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.jinterface.OtpTerms;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.WireTap;
import dev.pier.erlang.testing.WireTap.Kind;
import java.io.IOException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A JInterface node, which offers little more than the mandatory flags: both sides use the oldest form of each
/// signal.
class JInterfacePeerIT {
    private static final String COOKIE = "of_both";
    private static final Atom BYE = Atom.of("bye");

    private final String otherName = TestHost.nodeName(TestHost.uniqueName("otp"));
    private WireTap tap;
    private TestNode node;
    private OtpNode other;
    private OtpMbox theirs;
    private Mailbox ours;

    @BeforeEach
    void open() throws IOException {
        OtpEpmd.useEpmdPort(TestEpmd.port());
        tap = new WireTap();
        node = TestNode.start(COOKIE, tap);
        other = new OtpNode(otherName, COOKIE);
        theirs = other.createMbox("theirs");
        ours = node.processes().mailbox("ours");
        ours.trapExit(true);
        ours.send("theirs", otherName, Atom.of("hello"));
        assertThat(Await.value("hello", () -> theirs.receive(1000), got -> got != null))
                .isEqualTo(new OtpErlangAtom("hello"));
    }

    @AfterEach
    void close() {
        other.close();
        node.close();
        tap.close();
    }

    private void onTheWire(By by, int operation) {
        Await.value(
                "the control message " + operation + " by " + (by == By.PIER ? "Pier" : "JInterface"),
                () -> tap.frames().stream()
                        .filter(frame -> frame.sentBy(node.port()) == (by == By.PIER))
                        .map(frame -> frame.operation())
                        .collect(Collectors.toSet()),
                operations -> operations.contains(operation));
        assertThat(tap.frames()).allSatisfy(frame -> assertThat(frame.kind()).isIn(Kind.PASS_THROUGH, Kind.TICK));
    }

    private Pid pidOfTheirs() {
        return (Pid) OtpTerms.toTerm(theirs.self());
    }

    private OtpErlangPid pidOfOurs() {
        return OtpTerms.toOtp(ours.self(), OtpErlangPid.class);
    }

    private Message receive() {
        return ours.receive(Await.PATIENCE).orElseThrow();
    }

    private OtpErlangExit awaitExit() {
        return Await.value(
                "the exit signal",
                () -> catchThrowableOfType(OtpErlangExit.class, () -> theirs.receive(1000)),
                exit -> exit != null);
    }

    @Test
    @Says(
            in = Section.FRAMES,
            value = "Without a distribution header, a frame is the byte 112, control message and payload.")
    @Says(in = Section.CONTROL, value = "2 SEND by Pier: to a node without DFLAG_SEND_SENDER.")
    void messagesToAPid() throws Exception {
        ours.send(pidOfTheirs(), BYE);
        OtpErlangObject got = Await.value("the message", () -> theirs.receive(1000), message -> message != null);
        assertThat(got).isEqualTo(new OtpErlangAtom("bye"));
        onTheWire(By.PIER, 2);
        theirs.send(pidOfOurs(), new OtpErlangAtom("back"));
        assertThat(receive().term()).isEqualTo(Atom.of("back"));
    }

    @Test
    @Says(in = Section.CONTROL, value = "3 EXIT by Pier: to a node without DFLAG_EXIT_PAYLOAD.")
    void aLinkThatBreaksHere() throws Exception {
        theirs.link(pidOfOurs());
        onTheWire(By.ERLANG, 1);
        theirs.send(pidOfOurs(), new OtpErlangAtom("linked"));
        receive();
        ours.end(BYE);
        assertThat(awaitExit().reason()).isEqualTo(new OtpErlangAtom("bye"));
        onTheWire(By.PIER, 3);
    }

    @Test
    @Says(in = Section.CONTROL, value = "8 EXIT2 by Pier: to a node without DFLAG_EXIT_PAYLOAD.")
    void anExitSignalFromHere() {
        ours.exit(pidOfTheirs(), BYE);
        assertThat(awaitExit().reason()).isEqualTo(new OtpErlangAtom("bye"));
        onTheWire(By.PIER, 8);
    }

    /// JInterface closes the connection on a control message that it does not know.
    @Test
    void aMonitorIsRefusedAndTheConnectionLives() throws Exception {
        UnsupportedByPeer byPid = catchThrowableOfType(UnsupportedByPeer.class, () -> ours.monitor(pidOfTheirs()));
        UnsupportedByPeer byName =
                catchThrowableOfType(UnsupportedByPeer.class, () -> ours.monitor("theirs", otherName));
        assertThat(byPid).hasMessageContainingAll(otherName, "DFLAG_DIST_MONITOR");
        assertThat(byName).hasMessageContainingAll(otherName, "DFLAG_DIST_MONITOR");
        assertThat(byPid.maybeExecuted()).isFalse();
        ours.send(pidOfTheirs(), BYE);
        assertThat(Await.value("the message", () -> theirs.receive(1000), message -> message != null))
                .isEqualTo(new OtpErlangAtom("bye"));
        assertThat(tap.frames()).noneMatch(frame -> frame.operation() == 19);
    }

    @Test
    void aLinkIsEndedAndBreaksThere() throws Exception {
        ours.link(pidOfTheirs());
        ours.unlink(pidOfTheirs());
        onTheWire(By.ERLANG, 36);
        ours.link(pidOfTheirs());
        ours.send(pidOfTheirs(), BYE);
        Await.value("the message", () -> theirs.receive(1000), message -> message != null);
        Pid linked = pidOfTheirs();
        theirs.exit(new OtpErlangAtom("bye"));
        assertThat(receive().exit()).contains(new Message.Exit(linked, BYE));
        onTheWire(By.ERLANG, 3);
    }
}
