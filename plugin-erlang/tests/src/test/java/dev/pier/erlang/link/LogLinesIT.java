package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.pid;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Names from peers with line breaks and control characters: they begin no line of their own in the log.
class LogLinesIT {
    private static final String COOKIE = "loglines";
    private static final String EVIL = "forged\n00:00:00 ERROR all is lost\u001b[2J";
    private static final String SHOWN = "forged\\n00:00:00 ERROR";

    private TestNode node;
    private ScriptedPeer peer;
    private LogCapture log;

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(COOKIE);
        node.runtime().expose("m", "fails", 0, _ -> {
            throw new IllegalStateException("as it should");
        });
        peer = ScriptedPeer.named("evil").cookie(COOKIE);
        log = LogCapture.begin();
    }

    @AfterEach
    void stop() {
        log.close();
        peer.close();
        node.close();
    }

    private byte[] foreignPid() {
        return pid(EVIL + "@localhost", 1, 0, 5);
    }

    private static byte[] call(String module, String function, byte[] arguments) {
        return tuple(atom("call"), atom(module), atom(function), arguments, atom("user"));
    }

    private void toRex(ScriptedConnection connection, byte[] caller, byte[] call) {
        byte[] control = tuple(integer(6), peer.pid(1), atom(""), atom("rex"));
        connection.sendFrame(FrameBytes.normal(control, tuple(caller, call)));
    }

    private void seesOnlyWholeLines() {
        assertThat(log.lines(Level.DEBUG, ""))
                .allSatisfy(line -> assertThat(line.chars().noneMatch(Character::isISOControl))
                        .as(line)
                        .isTrue());
    }

    @Test
    void theNameOfAProcess() {
        try (ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            byte[] control = tuple(integer(6), peer.pid(1), atom(""), atom(EVIL));
            connection.sendFrame(FrameBytes.normal(control, atom("hello")));
            Await.until("the line", () -> log.text().contains(SHOWN));
        }
        seesOnlyWholeLines();
    }

    @Test
    void theNodeOfASender() {
        try (ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            connection.sendFrame(FrameBytes.normal(tuple(integer(1), foreignPid(), peer.pid(2))));
            connection.expectClosed();
        }
        Await.until("the warning", () -> !log.warnings(SHOWN).isEmpty());
        seesOnlyWholeLines();
    }

    @Test
    void theNodeOfACaller() {
        try (ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            toRex(connection, foreignPid(), call("m", "fails", nil()));
            toRex(connection, peer.pid(1), call("m", "fails", nil()));
            Await.until("the warning", () -> !log.warnings("A call of m:fails").isEmpty());
        }
        assertThat(log.warnings("A call of m:fails"))
                .singleElement()
                .asString()
                .contains(" by " + peer.nodeName() + " failed");
        assertThat(log.text()).contains("asks for a process of another node");
        seesOnlyWholeLines();
    }

    @Test
    void theNameOfAFunction() {
        try (ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            toRex(connection, peer.pid(1), call(EVIL, EVIL, list(integer(1))));
            connection.expectFrame();
            toRex(connection, peer.pid(1), call(EVIL, EVIL, atom("nolist")));
            Await.until("the warning", () -> !log.warnings("Rejected a call of").isEmpty());
        }
        seesOnlyWholeLines();
    }
}
