package dev.pier.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Exposed;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.testkit.FakeErlang;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

/// What Erlang reaches of an application, and how it ends.
class ServedBeansTest {
    private static final ApplicationContextRunner RUNNER = FakePeers.withBackend();

    /// The application, as the fake node sees it.
    private static Peer shop(AssertableApplicationContext context) {
        FakeErlang fake = context.getBean(FakeErlang.class);
        return fake.node().peer(context.getBean(ErlangNode.class).name());
    }

    @ErlangModule("accounts")
    static class Accounts {
        @Exposed
        int balance(String account) {
            return account.length();
        }
    }

    @Test
    void erlangCallsTheFunctionsOfAModule() {
        RUNNER.withBean(Accounts.class)
                .run(context -> assertThat(shop(context)
                                .call("accounts", "balance", "4711")
                                .as(int.class))
                        .isEqualTo(4));
    }

    /// Counts the calls that pass a proxy.
    static class Proxying implements BeanPostProcessor {
        int calls;

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (!(bean instanceof Accounts) && !(bean instanceof Orders)) {
                return bean;
            }
            ProxyFactory factory = new ProxyFactory(bean);
            factory.setProxyTargetClass(true);
            factory.addAdvice((MethodInterceptor) invocation -> {
                calls++;
                return invocation.proceed();
            });
            return factory.getProxy();
        }
    }

    @Test
    void callsAndMessagesPassTheProxyOfABean() {
        RUNNER.withBean(Proxying.class)
                .withBean(Accounts.class)
                .withBean(Orders.class)
                .run(context -> {
                    assertThat(shop(context).call("accounts", "balance", "4711").as(int.class))
                            .isEqualTo(4);
                    shop(context).send("orders", Map.of("id", 1, "items", List.of()));
                    Await.until("a call through each proxy", () -> context.getBean(Proxying.class).calls == 2);
                });
    }

    static class Counter implements GenServer {
        private final CompletableFuture<Term> end = new CompletableFuture<>();
        private int count;

        @Override
        public void handleCall(Message request, From from) {
            from.reply(++count);
        }

        @Override
        public void handleCast(Message request) {
            count += request.as(int.class);
        }

        @Override
        public Object debugState() {
            return count;
        }

        @Override
        public void terminate(Term reason) {
            end.complete(reason);
        }
    }

    @Test
    void aServerIsRegisteredUnderTheNameOfItsBean() {
        List<CompletableFuture<Term>> ends = new ArrayList<>();
        RUNNER.withBean("counter", Counter.class).run(context -> {
            shop(context).server("counter").cast(41);
            assertThat(shop(context).server("counter").call("next").as(int.class))
                    .isEqualTo(42);
            ends.add(context.getBean(Counter.class).end);
        });
        assertThat(ends.getFirst()).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(Atom.of("normal"));
    }

    record Order(int id, List<String> items) {}

    static class Orders {
        final BlockingQueue<Object> received = new LinkedBlockingQueue<>();

        @ErlangListener("orders")
        void ordered(Order order) {
            received.add(order);
        }

        @ErlangListener("batches")
        void ordered(List<Order> orders, ErlangProcess self) {
            received.add(orders);
            self.send("orders", orders.getFirst());
        }

        @ErlangListener("terms")
        void term(Term term) {
            received.add(term);
        }

        @ErlangListener("messages")
        void message(Message message) {
            received.add(message.as(String.class));
        }

        Object next() throws InterruptedException {
            @Nullable Object next = received.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("a message").isNotNull();
            return next;
        }
    }

    @Test
    void listenersGetMessagesAsTheyAskForThem() {
        RUNNER.withBean(Orders.class).run(context -> {
            Orders orders = context.getBean(Orders.class);
            shop(context).send("orders", Map.of("id", 1, "items", List.of("tea")));
            assertThat(orders.next()).isEqualTo(new Order(1, List.of("tea")));

            shop(context).send("batches", List.of(Map.of("id", 2, "items", List.of())));
            assertThat(orders.next()).isEqualTo(List.of(new Order(2, List.of())));
            assertThat(orders.next()).as("what the listener has sent").isEqualTo(new Order(2, List.of()));

            shop(context).send("terms", Atom.of("hello"));
            assertThat(orders.next()).isEqualTo(Atom.of("hello"));

            shop(context).send("messages", "hello");
            assertThat(orders.next()).isEqualTo("hello");
        });
    }

    @Test
    void aMessageThatDoesNotFitHarmsNoOther() {
        RUNNER.withBean(Orders.class).run(context -> {
            shop(context).send("orders", "no order");
            shop(context).send("orders", Map.of("id", 3, "items", List.of()));
            assertThat(context.getBean(Orders.class).next()).isEqualTo(new Order(3, List.of()));
        });
    }

    static class Answering {
        @ErlangListener("answers")
        int answer(int question) {
            return question;
        }
    }

    static class Empty {
        @ErlangListener("empty")
        void nothing() {}
    }

    static class SameName {
        @ErlangListener("orders")
        void orders(Term order) {}
    }

    @ErlangModule("private")
    static class Private {
        @Exposed
        @SuppressWarnings("UnusedMethod") // Called by Erlang.
        private int one() {
            return 1;
        }
    }

    @ErlangModule("nothing")
    static class NothingExposed {}

    @Test
    void aMethodThatCannotReceiveStopsTheStart() {
        assertFailure(RUNNER.withBean(Answering.class), "it returns a value, which has no receiver: make it void");
        assertFailure(RUNNER.withBean(Empty.class), "it has one parameter for the message");
        assertFailure(RUNNER.withBean(Orders.class).withBean(SameName.class), "SameName.orders", "orders");
        assertFailure(RUNNER.withBean(NothingExposed.class), "NothingExposed has no method with @Exposed");
    }

    private static void assertFailure(ApplicationContextRunner runner, String... parts) {
        runner.run(context ->
                assertThat(context).getFailure().rootCause().message().contains(parts));
    }

    @Test
    void aPrivateMethodIsExposedUnlessItsBeanHasAProxy() {
        RUNNER.withBean(Private.class)
                .run(context -> assertThat(shop(context).call("private", "one").as(int.class))
                        .isEqualTo(1));
        assertFailure(
                RUNNER.withBean(Private.class).withBean(AllProxies.class),
                "private int",
                "its bean has a proxy, which private and final methods bypass");
    }

    static class AllProxies implements BeanPostProcessor {
        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (!(bean instanceof Private)) {
                return bean;
            }
            ProxyFactory factory = new ProxyFactory(bean);
            factory.setProxyTargetClass(true);
            return factory.getProxy();
        }
    }

    /// A function and a listener that go on until they are released.
    @ErlangModule("slow")
    static class Slow {
        final CountDownLatch entered = new CountDownLatch(2);
        final CountDownLatch released = new CountDownLatch(1);
        final CompletableFuture<String> handled = new CompletableFuture<>();

        @Exposed
        String call() throws InterruptedException {
            entered.countDown();
            released.await();
            return "done";
        }

        @Exposed
        String ping() {
            return "pong";
        }

        @ErlangListener("slow")
        void handle(String message) throws InterruptedException {
            entered.countDown();
            released.await();
            handled.complete(message);
        }
    }

    @Test
    void aStopLetsRunningCallsAndMessagesFinish() {
        RUNNER.withBean(Slow.class).run(context -> {
            Peer shop = shop(context);
            Slow slow = context.getBean(Slow.class);
            var answer = shop.callAsync("slow", "call");
            shop.send("slow", "first");
            shop.send("slow", "second");
            assertThat(slow.entered.await(10, TimeUnit.SECONDS)).isTrue();

            // Not close: it would close the fake node, too, which may not have read the answer by then.
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(context.getSourceApplicationContext()::stop);
            Await.asserted(
                    "the function to be withdrawn",
                    () -> assertThatThrownBy(() -> shop.call("slow", "ping")).isInstanceOf(RemoteError.class));
            slow.released.countDown();

            assertThat(answer.get(10, TimeUnit.SECONDS).as(String.class)).isEqualTo("done");
            assertThat(slow.handled).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("first");
            assertThat(stopped).succeedsWithin(10, TimeUnit.SECONDS);
        });
    }

    @Test
    void aStopDoesNotWaitLongerThanItMay() {
        RUNNER.withBean(Slow.class)
                .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=50ms")
                .run(context -> {
                    Slow slow = context.getBean(Slow.class);
                    var answer = shop(context).callAsync("slow", "call");
                    shop(context).send("slow", "first");
                    assertThat(slow.entered.await(10, TimeUnit.SECONDS)).isTrue();
                    CompletableFuture<Void> closed =
                            CompletableFuture.runAsync(context.getSourceApplicationContext()::close);
                    assertThat(closed).succeedsWithin(10, TimeUnit.SECONDS);
                    assertThat(answer).failsWithin(10, TimeUnit.SECONDS);
                });
    }

    @Test
    void aContextThatStartsAgainServesAgain() {
        RUNNER.withBean(Accounts.class).withBean(Orders.class).run(context -> {
            ConfigurableApplicationContext source = context.getSourceApplicationContext();
            context.getBean(ErlangServing.class).stop();
            assertThatThrownBy(() -> shop(context).call("accounts", "balance", "4711"))
                    .isInstanceOf(RemoteError.class)
                    .hasMessageContaining("undef");
            source.start();
            assertThat(shop(context).call("accounts", "balance", "4711").as(int.class))
                    .isEqualTo(4);
        });
    }
}
