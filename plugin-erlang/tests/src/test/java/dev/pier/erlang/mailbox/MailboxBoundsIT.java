package dev.pier.erlang.mailbox;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.atomOfHeader;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Mailboxes that one peer fills.
class MailboxBoundsIT {
    private static final int MAX_MESSAGES = 50;
    private static final long MAX_BYTES = 1L << 20;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(
                erlang.cookie(), new MailboxSettings(MAX_MESSAGES, MAX_BYTES, MailboxSettings.Overflow.DROP));
        assertThat(node.peer(erlang).ping()).isTrue();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static ScriptedPeer peer() {
        return ScriptedPeer.named("hostile").cookie(erlang.cookie());
    }

    private static byte[] toName(ScriptedPeer peer, byte[] unused, String name) {
        return tuple(integer(6), peer.pid(1), unused, atom(name));
    }

    @Test
    void theAtomsOfAMessageCount() {
        String name = TestHost.uniqueName("java");
        try (Mailbox mailbox = node.processes().mailbox(name);
                ScriptedPeer peer = peer();
                ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            for (int message = 0; message < 20; message++) {
                AtomRefs atoms = new AtomRefs();
                for (int i = 0; i < 255; i++) {
                    atoms.add(i, (message + "_" + i + "x".repeat(250)).substring(0, 250));
                }
                connection.sendFrame(FrameBytes.normal(atoms, toName(peer, atom(""), name), atomOfHeader(0)));
            }
            Await.until("all messages", () -> mailbox.size() + mailbox.dropped() == 20);
            assertThat(mailbox.size()).isBetween(3, 16);
        }
    }

    @Test
    void theUnusedRestOfAFrameIsNotKept() {
        String name = TestHost.uniqueName("java");
        byte[] unused = binary(new byte[2 * (int) MAX_BYTES]);
        try (Mailbox mailbox = node.processes().mailbox(name);
                ScriptedPeer peer = peer();
                ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            for (int message = 0; message < 20; message++) {
                connection.sendFrame(FrameBytes.normal(toName(peer, unused, name), binary("small")));
            }
            Await.until("all messages", () -> mailbox.size() == 20);
            assertThat(mailbox.dropped()).isZero();
        }
    }

    @Test
    void exitSignalsAreBounded() {
        try (Mailbox mailbox = node.processes().mailbox();
                ScriptedPeer peer = peer();
                ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            mailbox.trapExit(true);
            byte[] exit = tuple(integer(26), peer.pid(1), TermBytes.pid(mailbox.self()));
            for (int i = 0; i < 3 * MAX_MESSAGES; i++) {
                connection.sendFrame(FrameBytes.normal(exit, binary(new byte[(int) MAX_BYTES / 4])));
            }
            Await.until("all signals", () -> mailbox.size() + mailbox.dropped() == 3 * MAX_MESSAGES);
            assertThat(mailbox.size()).isEqualTo(MAX_MESSAGES);
        }
    }

    /// A caller that waits without a timeout must not wait for ever.
    @Test
    void theCallerOfAFullServerOrHandlerGetsAnErrorAtOnce() {
        CountDownLatch end = new CountDownLatch(1);
        Semaphore handling = new Semaphore(0);
        GenServer server = new GenServer() {
            @Override
            public void handleCall(Message request, From from) throws InterruptedException {
                handling.release();
                end.await();
            }

            @Override
            public void handleCast(Message request) {}
        };
        MessageHandler handler = (_, _) -> {
            handling.release();
            end.await();
        };
        String serverName = TestHost.uniqueName("server");
        String handlerName = TestHost.uniqueName("handler");
        try (ErlangProcess _ = node.processes().register(serverName, server);
                ErlangProcess _ = node.processes().register(handlerName, handler)) {
            for (String name : new String[] {serverName, handlerName}) {
                String to = "{" + name + ", '" + node.name() + "'}";
                erlang.eval("gen_server:send_request(" + to + ", wait)");
                Await.until("the first call to be handled", handling::tryAcquire);
                erlang.eval("[gen_server:send_request(" + to + ", wait) || _ <- lists:seq(1, " + MAX_MESSAGES + ")]");
                assertThat(erlang.eval("try gen_server:call(" + to
                                + ", one_more, infinity) catch exit:{Reason, _} -> Reason end"))
                        .as(name)
                        .isEqualTo("system_limit");
            }
        } finally {
            end.countDown();
        }
    }
}
