package dev.pier.erlang.call;

import dev.pier.erlang.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The future of a call that runs on a virtual thread. Cancelling it interrupts the thread, which ends the call.
///
/// *Threads.* Any.
public final class AsyncCall extends CompletableFuture<Reply> {
    private volatile @Nullable Thread thread;

    private AsyncCall() {}

    /// Starts a call.
    ///
    /// @param call makes the call; its exceptions become those of the future
    public static AsyncCall start(Supplier<Reply> call) {
        AsyncCall future = new AsyncCall();
        Thread worker = Thread.ofVirtual().name("erlang-call-", 0).unstarted(() -> future.run(call));
        future.thread = worker;
        worker.start();
        return future;
    }

    private void run(Supplier<Reply> call) {
        try {
            complete(call.get());
        } catch (RuntimeException | Error failure) {
            completeExceptionally(failure);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        Thread worker = thread;
        if (cancelled && worker != null) {
            worker.interrupt();
        }
        return cancelled;
    }

    /// A dependent stage is not a call; cancelling it does not stop the call.
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
