package dev.pier.erlang.call;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Reply;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The calls of all kinds of servers: a subclass finds the server and makes the call on the calling thread.
///
/// *Threads.* Any.
public abstract class ServerRef implements GenServerRef {
    private final ValueMapper mapper;
    private final Supplier<CallOptions> options;

    /// @param options have the timeout of calls without one
    protected ServerRef(ValueMapper mapper, Supplier<CallOptions> options) {
        this.mapper = mapper;
        this.options = options;
    }

    protected final ValueMapper mapper() {
        return mapper;
    }

    protected final CallOptions options() {
        return options.get();
    }

    /// The listener to calls of the server.
    protected abstract CallListener listener();

    /// Calls the server, and waits for the answer.
    ///
    /// @param request writes the request; may be called for each server that is tried
    protected abstract Reply call(Consumer<EtfOutput> request, Duration timeout);

    @Override
    public final Reply call(@Nullable Object request) {
        return call(request, options().timeout());
    }

    @Override
    public final Reply call(@Nullable Object request, Duration timeout) {
        return call(out -> mapper.write(request, out), new CallOptions(timeout).timeout());
    }

    @Override
    public final CompletableFuture<Reply> callAsync(@Nullable Object request) {
        return callAsync(request, options().timeout());
    }

    @Override
    public final CompletableFuture<Reply> callAsync(@Nullable Object request, Duration timeout) {
        Duration checked = new CallOptions(timeout).timeout();
        EtfOutput encoded = new EtfOutput(128);
        try {
            // On the caller's thread: the caller may change its objects afterwards.
            mapper.write(request, encoded);
        } catch (ErlangException badArgument) {
            return CompletableFuture.failedFuture(badArgument);
        }
        return AsyncCall.start(listener().carry(() -> call(out -> out.write(encoded), checked)));
    }
}
