package dev.pier.erlang.plugin;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Tuple;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// The Erlang part of the run that creates the AOT cache: calls and messages between two nodes of this JVM. The
/// cache gets the classes that they load, and what Java learns about their methods.
///
/// SPEC: JEP 483, 515
final class AotTraining {
    /// Java keeps what it knows about methods that ran 200 times.
    private static final int TIMES = 500;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final String MODULE = "training";

    private AotTraining() {}

    private record Row(long id, String name, List<String> tags) {}

    /// Whether `bin/pier aot` runs this server.
    static boolean isAsked() {
        return Boolean.getBoolean("pier.aot.training");
    }

    static void run() throws IOException {
        String cookie = UUID.randomUUID().toString();
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (NodeRuntime answering = node("answering", cookie).listen(loopback).start()) {
            answering.expose(MODULE, "echo", 1, arguments -> arguments.term(0));
            answering.register(MODULE, AotTraining::sendBack);
            int port = Objects.requireNonNull(answering.port());
            try (NodeRuntime asking = node("asking", cookie)
                    .withoutListening()
                    .peer(MODULE, peer -> peer.node(answering.name()).address(loopback.getHostString(), port))
                    .start()) {
                call(asking.peer(MODULE));
                try (Mailbox mailbox = asking.mailbox()) {
                    exchange(mailbox, answering.name());
                }
            }
        }
    }

    private static NodeBuilder node(String name, String cookie) {
        return ErlangNodes.builder(name + "@localhost").cookie(cookie).epmd(EpmdSettings.DEFAULT.withRegister(false));
    }

    private static void sendBack(Message message, ErlangProcess self) {
        if (message.term() instanceof Tuple sent && sent.get(0) instanceof Pid sender) {
            self.send(sender, sent);
        }
    }

    private static void exchange(Mailbox mailbox, String node) {
        for (int number = 0; number < TIMES; number++) {
            mailbox.send(MODULE, node, Tuple.of(mailbox.self(), IntegerTerm.of(number)));
            Message _ = mailbox.receive(TIMEOUT).orElseThrow();
        }
    }

    private static void call(Peer peer) throws IOException {
        Row row = new Row(1, "name", List.of("one", "two"));
        for (int number = 0; number < TIMES; number++) {
            Reply reply = peer.call(MODULE, "echo", Map.of("row", row, "number", number));
            reply.writeJson(OutputStream.nullOutputStream());
            Reply same = peer.call(MODULE, "echo", row);
            Row _ = same.as(Row.class);
        }
    }
}
