package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Processes with handlers, which a real node sends to.
class HandlerIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        assertThat(node.peer(erlang).ping()).isTrue();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Mailbox mailbox() {
        return node.processes().mailbox();
    }

    private static String unique(String prefix) {
        return TestHost.uniqueName(prefix);
    }

    private static Message receive(Mailbox mailbox) {
        return mailbox.receive(PATIENCE).orElseThrow(() -> new AssertionError("no message arrived"));
    }

    @Test
    void aHandlerGetsItsMessagesOneAtATimeAndInOrder() {
        BlockingQueue<Integer> handled = new LinkedBlockingQueue<>();
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        String name = unique("handler");
        try (ErlangProcess handler = node.processes().register(name, (message, self) -> {
            threads.add(Thread.currentThread());
            int number = message.as(int.class);
            if (number == 500) {
                throw new IllegalStateException("on purpose");
            }
            handled.add(number);
        })) {
            erlang.eval("[{" + name + ", '" + node.name() + "'} ! N || N <- lists:seq(1, 1000)]");
            Await.until("all", () -> handled.size() == 999);
            assertThat(new ArrayList<>(handled)).isSorted().doesNotContain(500).hasSize(999);
            assertThat(threads).allMatch(Thread::isVirtual);
            assertThat(handler.isAlive()).isTrue();
        }
    }

    /// Errors as well, such as a missing class: without its thread the process would handle no further message.
    @Test
    void anExceptionOfAHandlerIsLoggedAndTheProcessGoesOn() {
        String name = unique("handler");
        try (LogCapture log = LogCapture.begin();
                Mailbox mailbox = mailbox();
                ErlangProcess handler = node.processes().register(name, (message, self) -> {
                    switch (message.as(int.class)) {
                        case 1 -> throw new IllegalStateException("on purpose");
                        case 2 -> throw new NoClassDefFoundError("some/Missing");
                        default -> self.send(mailbox.self(), "alive");
                    }
                })) {
            for (int i = 1; i <= 3; i++) {
                mailbox.send(handler.self(), i);
            }
            assertThat(receive(mailbox).as(String.class)).isEqualTo("alive");
            assertThat(log.warnings("'" + name + "' failed on a message")).hasSize(2);
            assertThat(log.warnings(name)).hasSize(2);
        }
    }

    @Test
    void aHandlerHasTheClassLoaderOfItsApplication() throws IOException {
        CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
        Thread sender = Thread.currentThread();
        ClassLoader before = sender.getContextClassLoader();
        try (URLClassLoader foreign = new URLClassLoader(new URL[0], before);
                Mailbox mailbox = mailbox();
                ErlangProcess handler = node.processes()
                        .register(
                                unique("handler"),
                                (message, self) ->
                                        seen.complete(Thread.currentThread().getContextClassLoader()))) {
            sender.setContextClassLoader(foreign);
            mailbox.send(handler.self(), 1);
            assertThat(Await.result("the message", seen)).isSameAs(MailboxIT.class.getClassLoader());
        } finally {
            sender.setContextClassLoader(before);
        }
    }

    @Test
    void aHandlerAnswersAndIsInterruptedByItsEnd() {
        String name = unique("handler");
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        CountDownLatch working = new CountDownLatch(1);
        ErlangProcess handler = node.processes().register(name, (message, self) -> {
            if (message.term() instanceof Pid from) {
                self.send(from, List.of(self.self(), "answer"));
                return;
            }
            working.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(5));
            } catch (InterruptedException e) {
                interrupted.complete("interrupted");
                throw e;
            }
        });
        assertThat(erlang.eval(
                        "{" + name + ", '" + node.name() + "'} ! self(), " + "receive [P, <<\"answer\">>] -> P =:= "
                                + ErlangProcesses.text(handler.self()) + " after 20000 -> mute end"))
                .isEqualTo("true");
        erlang.eval("{" + name + ", '" + node.name() + "'} ! sleep");
        Await.until("the work", () -> working.getCount() == 0);
        erlang.eval("exit(" + ErlangProcesses.text(handler.self()) + ", kill)");
        assertThat(Await.result("the interrupt", interrupted)).isEqualTo("interrupted");
        assertThat(handler.isAlive()).isFalse();
        node.processes().mailbox(name).close();
    }
}
