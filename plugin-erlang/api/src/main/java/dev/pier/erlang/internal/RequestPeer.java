package dev.pier.erlang.internal;

import org.jspecify.annotations.Nullable;

/// A peer whose producers can answer requests. All peers are.
///
/// *Threads.* Any.
///
/// @param <S> a `ReplyStream`, on which this package must not depend
public interface RequestPeer<S> {
    /// Calls a producer as `Peer.stream` does, and returns before its answer has begun: `await` of the stream
    /// waits for that, and fails as `Peer.stream` does. It is to be called before the stream is read. The return
    /// value of the function is ignored.
    ///
    /// @throws RuntimeException an `ErlangException` if the request cannot be sent
    S request(String module, String function, @Nullable Object... arguments);
}
