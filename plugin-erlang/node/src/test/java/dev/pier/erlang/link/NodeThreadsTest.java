package dev.pier.erlang.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Threads that an application's call may start, and that outlive the application.
class NodeThreadsTest {
    private final NodeThreads threads = NodeThreads.platform("test");

    @Test
    void threadsDoNotKeepTheApplicationThatStartsThem() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        CompletableFuture<String> ofTimer = new CompletableFuture<>();
        CompletableFuture<String> ofPlatform = new CompletableFuture<>();
        CompletableFuture<String> ofVirtual = new CompletableFuture<>();
        try (URLClassLoader application = new URLClassLoader(new URL[0])) {
            Thread request = Thread.ofPlatform().unstarted(() -> {
                local.set("of the request");
                threads.timer().execute(() -> ofTimer.complete(kept(application, local)));
                start(threads, ofPlatform, application, local);
                start(threads.virtual(), ofVirtual, application, local);
            });
            request.setContextClassLoader(application);
            request.start();
            request.join();

            for (CompletableFuture<String> kept : List.of(ofTimer, ofPlatform, ofVirtual)) {
                assertThat(kept.get()).isEqualTo("class loader: false, local: null");
            }
        } finally {
            threads.timer().shutdownNow();
        }
    }

    private static void start(
            NodeThreads threads,
            CompletableFuture<String> kept,
            ClassLoader application,
            InheritableThreadLocal<String> local) {
        threads.connections()
                .newThread(() -> kept.complete(kept(application, local)))
                .start();
    }

    private static String kept(ClassLoader application, InheritableThreadLocal<String> local) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return "class loader: " + application.equals(loader) + ", local: " + local.get();
    }
}
