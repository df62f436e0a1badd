package dev.pier.server.webapp;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// The signal that one version of an application begins to drain: another one has replaced it, it was removed,
/// or the server begins to stop. Its requests in flight may still finish.
///
/// The application finds it as the attribute [#ATTRIBUTE] of its `ServletContext`: a `CompletionStage<Void>`,
/// so that it needs no class of the server. It ends there what has no end of its own, such as streams of
/// events.
///
/// *Threads.* Safe for all threads.
final class Draining {
    static final String ATTRIBUTE = "dev.pier.draining";

    private final CompletableFuture<Void> begun = new CompletableFuture<>();

    /// The signal as the application sees it: read-only.
    CompletionStage<Void> signal() {
        return begun.minimalCompletionStage();
    }

    /// Gives the signal. The application's own code for it runs on a virtual thread, so that it holds up no other
    /// application. Idempotent.
    ///
    /// @param inContext runs code with the class loader of the application
    void begin(String application, Consumer<Runnable> inContext) {
        if (!begun.isDone()) {
            Thread.ofVirtual()
                    .name("draining " + application)
                    .start(() -> inContext.accept(() -> begun.complete(null)));
        }
    }
}
