package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Reply;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/// The form of a stream's elements in a response body. For one response.
sealed interface StreamFormat {
    void element(Reply element, PacedOutput out) throws IOException;

    /// Completes the body after the last element.
    default void end(PacedOutput out) {}

    /// The text that may be sent between two elements without a meaning; empty if there is none.
    Optional<String> heartbeat();

    /// Reports a failure to the client.
    ///
    /// @return false if the format cannot, so that the body must be aborted
    default boolean failure(ErlangException e, PacedOutput out) {
        return false;
    }

    /// One element per line.
    ///
    /// @param emptyLines whether empty lines are sent as heartbeat
    record Lines(boolean emptyLines) implements StreamFormat {
        @Override
        public void element(Reply element, PacedOutput out) throws IOException {
            element.writeJson(out);
            out.write('\n');
        }

        @Override
        public Optional<String> heartbeat() {
            return emptyLines ? Optional.of("\n") : Optional.empty();
        }
    }

    /// One array.
    final class Array implements StreamFormat {
        private boolean begun;

        @Override
        public void element(Reply element, PacedOutput out) throws IOException {
            out.write(begun ? ',' : '[');
            begun = true;
            element.writeJson(out);
        }

        @Override
        public void end(PacedOutput out) {
            out.write(begun ? "]" : "[]");
        }

        @Override
        public Optional<String> heartbeat() {
            return Optional.of("\n");
        }
    }

    /// Server-sent events.
    record Events(Function<? super Reply, ServerEvent> toEvent) implements StreamFormat {
        /// An empty comment.
        static final String HEARTBEAT = ":\n\n";

        @Override
        public void element(Reply element, PacedOutput out) throws IOException {
            write(toEvent.apply(element), out);
        }

        static void write(ServerEvent event, PacedOutput out) throws IOException {
            event.id().ifPresent(id -> out.write("id: " + id + "\n"));
            event.name().ifPresent(name -> out.write("event: " + name + "\n"));
            out.write("data: ");
            event.data().writeJson(out);
            out.write("\n\n");
        }

        @Override
        public Optional<String> heartbeat() {
            return Optional.of(HEARTBEAT);
        }

        @Override
        public boolean failure(ErlangException e, PacedOutput out) {
            out.write("event: error\ndata: " + ErlangErrors.logAndDescribe(e) + "\n\n");
            return true;
        }
    }
}
