package dev.pier.erlang.testing;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.atomOfHeader;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.ScriptedConnection.Introduction;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The peer that tests play by hand speaks the protocol as a real node understands it.
class ScriptedPeerIT {
    private static final byte[] EMPTY_ATOM = atom("");

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.with().tickSeconds(4).start();

    private ScriptedPeer peer;

    @BeforeEach
    void listen() {
        peer = ScriptedPeer.named("scripted").cookie(erlang.cookie());
    }

    @AfterEach
    void disconnect() {
        erlang.eval("erlang:disconnect_node('" + peer.nodeName() + "')");
        peer.close();
    }

    @Test
    void connectsToARealNode() {
        try (ScriptedConnection connection = peer.connect(erlang.nodeName())) {
            connection.sendName();
            connection.expectStatus("ok");
            Introduction node = connection.expectChallenge();
            connection.sendReply();
            connection.expectAck();

            assertThat(node.name()).isEqualTo(erlang.nodeName());
            assertThat(node.flags() & ScriptedPeer.MINIMUM_FLAGS).isEqualTo(ScriptedPeer.MINIMUM_FLAGS);
            awaitConnected();
            connection.sendTick();
            connection.expectTick();
        }
        Await.until("the node to see the end", () -> !hiddenNodes().contains(peer.nodeName()));
    }

    @Test
    void isReachedByARealNode() {
        CompletableFuture<String> connecting = connecting();
        try (ScriptedConnection connection = peer.accept()) {
            Introduction node = connection.expectName();
            connection.sendStatus("ok");
            connection.sendChallenge(peer.nodeName(), peer.flags(), 0xffffffff);
            connection.expectReply();
            connection.sendAck();

            assertThat(node.name()).isEqualTo(erlang.nodeName());
            assertThat(Await.result("connect_node", connecting)).isEqualTo("true");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACK")
    void leavesAfterEachStepOfAccepting(Step last) {
        CompletableFuture<String> connecting = connecting();
        ScriptedConnection connection = peer.accept();
        connection.acceptHandshake(last);
        connection.close();

        assertThat(Await.result("connect_node", connecting)).isEqualTo("false");
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void leavesAfterEachStepOfConnecting(Step last) {
        ScriptedConnection connection = peer.connect(erlang.nodeName());
        connection.initiateHandshake(last);
        connection.close();

        Await.until("the end of the connection", () -> !hiddenNodes().contains(peer.nodeName()));
        assertThat(erlang.eval("net_adm:ping(node())")).isEqualTo("pong");
    }

    @Test
    void givesAWrongDigest() {
        ScriptedConnection connection = peer.connect(erlang.nodeName());
        connection.initiateHandshake(Step.CHALLENGE);
        connection.sendReply(ScriptedConnection.wrongDigest());

        connection.expectClosed();
        assertThat(erlang.awaitLog("Invalid challenge reply")).contains(peer.nodeName());
    }

    @Test
    void noticesAWrongCookieOfTheOtherSide() {
        peer.cookie("another");
        CompletableFuture<String> connecting = connecting();
        ScriptedConnection connection = peer.accept();

        assertThatThrownBy(() -> connection.acceptHandshake(Step.REPLY)).hasMessageContaining("the digest is wrong");
        connection.close();
        assertThat(Await.result("connect_node", connecting)).isEqualTo("false");
    }

    @Test
    void introducesItselfWithFlagsThatARealNodeRefuses() {
        try (ScriptedConnection connection = peer.connect(erlang.nodeName())) {
            connection.sendName(peer.nodeName(), 0x1000000);

            connection.expectStatus("not_allowed");
        }
    }

    @Test
    void introducesItselfWithANameWithoutHost() {
        try (ScriptedConnection connection = peer.connect(erlang.nodeName())) {
            connection.sendName("nohost", peer.flags());

            connection.expectClosed();
        }
    }

    @Test
    void answersWithAnotherStatus() {
        CompletableFuture<String> connecting = connecting();
        try (ScriptedConnection connection = peer.accept()) {
            connection.expectName();
            connection.sendStatus("not_allowed");

            assertThat(Await.result("connect_node", connecting)).isEqualTo("false");
        }
    }

    @Test
    void isGivenANameByARealNode() {
        try (ScriptedConnection connection = peer.connect(erlang.nodeName())) {
            connection.sendNameWanted();
            Introduction us = connection.expectNamed();
            connection.expectChallenge();
            connection.sendReply();
            connection.expectAck();

            assertThat(us.name()).endsWith("@" + TestHost.NAME);
            assertThat(us.creation()).isNotZero();
            Await.until("the connection", () -> hiddenNodes().contains(us.name()));
        }
    }

    @Test
    void givesANameToARealNode() {
        try (ErlangPeer nameless =
                ErlangPeer.with().nameless().cookie(erlang.cookie()).start()) {
            CompletableFuture<String> connecting = connecting(nameless);
            try (ScriptedConnection connection = peer.accept()) {
                Introduction node = connection.expectName();
                assertThat(node.name()).isEqualTo(TestHost.NAME);
                assertThat(node.flags() & ScriptedPeer.NAME_ME).isNotZero();

                connection.sendNamed("guest@" + TestHost.NAME, 77);
                connection.sendChallenge(peer.nodeName(), peer.flags() | ScriptedPeer.NAME_ME, 1);
                connection.expectReply();
                connection.sendAck();

                assertThat(Await.result("connect_node", connecting)).isEqualTo("true");
                assertThat(nameless.eval("node()")).isEqualTo("guest@" + TestHost.NAME);
            }
        }
    }

    @Test
    void introducesItselfTheOldWay() {
        assumeTrue(erlang.otpRelease() > 25, "some nodes of OTP 25 close on it, later ones do not");
        try (ScriptedConnection connection = peer.connect(erlang.nodeName())) {
            connection.sendOldName();
            connection.expectStatus("ok");
            connection.expectChallenge();
            connection.sendComplement();
            connection.sendReply();
            connection.expectAck();
            awaitConnected();
        }
    }

    @Test
    void exchangesFramesWithoutHeader() {
        peer.flags(ScriptedPeer.MINIMUM_FLAGS);
        startEcho();
        try (ScriptedConnection connection = peer.connectAndShakeHands(erlang.nodeName())) {
            connection.sendFrame(FrameBytes.passThrough(sendTo("echo"), tuple(peer.pid(1), binary("hello"))));

            byte[] expected = FrameBytes.passThrough(tuple(integer(2), EMPTY_ATOM, peer.pid(1)), binary("hello"));
            assertThat(connection.expectFrame()).isEqualTo(expected);
        }
    }

    @Test
    void sendsFragmentsAndTicksBetween() {
        startEcho();
        byte[] data = new byte[1000];
        data[999] = 9;
        try (ScriptedConnection connection = peer.connectAndShakeHands(erlang.nodeName())) {
            byte[] message = tuple(peer.pid(1), binary(data));
            List<byte[]> frames = FrameBytes.fragments(7, sendTo("echo"), message, 300);
            assertThat(frames).hasSize(4);
            for (byte[] frame : frames) {
                connection.sendTick();
                connection.sendFrame(frame);
            }

            assertThat(connection.expectFrame()).endsWith(binary(data));
        }
    }

    @Test
    void sendsHeadersWithAtomsNewAndKept() {
        startEcho();
        String longAtom = "é".repeat(200);
        try (ScriptedConnection connection = peer.connectAndShakeHands(erlang.nodeName())) {
            AtomRefs fresh = new AtomRefs().add(5, "echo").add(0x7f0, longAtom);
            AtomRefs kept = new AtomRefs().use(0x7f0).use(5);
            connection.sendFrame(FrameBytes.normal(
                    fresh, tuple(integer(6), peer.pid(1), EMPTY_ATOM, atomOfHeader(0)), collect(atomOfHeader(1))));
            connection.sendFrame(FrameBytes.normal(
                    kept, tuple(integer(6), peer.pid(1), EMPTY_ATOM, atomOfHeader(1)), collect(atomOfHeader(0))));

            Await.until(
                    "both messages",
                    () -> erlang.eval("echo ! {collected, self()}, receive {collected, L} -> L end")
                            .equals("[" + longAtom + "," + longAtom + "]"));
        }
    }

    @Test
    void provokesTheEndWithBrokenFrames() {
        for (byte[] broken : List.of(new byte[] {1}, FrameBytes.nextFragment(3, 1, new byte[9]))) {
            try (ScriptedConnection connection = peer.connectAndShakeHands(erlang.nodeName())) {
                awaitConnected();
                connection.sendFrame(broken);

                connection.expectClosed();
            }
            Await.until("the node to see the end", () -> !hiddenNodes().contains(peer.nodeName()));
        }
    }

    @Test
    void saysWhatCameInsteadOfWhatWasAwaited() {
        try (ScriptedConnection connection = peer.connect(erlang.nodeName())) {
            connection.sendName();

            assertThatThrownBy(connection::expectAck)
                    .hasMessageContainingAll("awaited the acknowledgement", "73 6f 6b");
        }
    }

    private CompletableFuture<String> connecting() {
        return connecting(erlang);
    }

    private CompletableFuture<String> connecting(ErlangPeer node) {
        String expression = "net_kernel:connect_node('" + peer.nodeName() + "')";
        return CompletableFuture.supplyAsync(() -> {
            try {
                return node.eval(expression);
            } catch (AssertionError e) {
                throw new CompletionException(e);
            }
        });
    }

    private void awaitConnected() {
        Await.until("the connection", () -> hiddenNodes().contains(peer.nodeName()));
    }

    private static String hiddenNodes() {
        return erlang.eval("nodes(hidden)");
    }

    private byte[] sendTo(String name) {
        return tuple(integer(6), peer.pid(1), EMPTY_ATOM, atom(name));
    }

    private static byte[] collect(byte[] term) {
        return tuple(atom("collect"), term);
    }

    private static void startEcho() {
        erlang.compile("""
                -module(scripted_echo).
                -export([start/0]).
                start() ->
                    catch exit(whereis(echo), kill),
                    {Pid, Ref} = spawn_monitor(fun() -> register_when_free(), loop([]) end),
                    demonitor(Ref),
                    wait_until(fun() -> whereis(echo) =:= Pid end).
                register_when_free() ->
                    try register(echo, self()) catch error:badarg -> erlang:yield(), register_when_free() end.
                wait_until(Holds) ->
                    case Holds() of true -> ok; false -> erlang:yield(), wait_until(Holds) end.
                loop(Seen) ->
                    receive
                        {collect, Term} -> loop([Term | Seen]);
                        {collected, From} -> From ! {collected, Seen}, loop(Seen);
                        {From, Message} -> From ! Message, loop(Seen)
                    end.
                """);
        erlang.eval("scripted_echo:start()");
    }
}
