package dev.pier.sample;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A peer that answers what the test says, and notes what it was asked.
final class FakePeer implements Peer {
    record Asked(String module, String function, List<@Nullable Object> arguments) {}

    final List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    private final Function<Asked, Term> answers;

    FakePeer(Function<Asked, Term> answers) {
        this.answers = answers;
    }

    @Override
    public String name() {
        return "backend";
    }

    @Override
    public String nodeName() {
        return "backend@localhost";
    }

    @Override
    public Reply call(String module, String function, @Nullable Object... arguments) {
        Asked question = new Asked(module, function, new ArrayList<>(Arrays.asList(arguments)));
        asked.add(question);
        return new FakeReply(answers.apply(question));
    }

    @Override
    public CompletableFuture<Reply> callAsync(String module, String function, @Nullable Object... arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void cast(String module, String function, @Nullable Object... arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GenServerRef server(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GenServerRef globalServer(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(String name, @Nullable Object message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ReplyStream stream(String module, String function, @Nullable Object... arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean ping() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PeerStatus status() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PeerCalls calls() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Peer with(CallOptions options) {
        throw new UnsupportedOperationException();
    }

    private record FakeReply(Term term) implements Reply {
        @Override
        public <T> T as(Class<T> type) {
            if (type.isInstance(term)) {
                return type.cast(term);
            }
            if (type == String.class && term instanceof Binary binary) {
                return type.cast(binary.utf8().orElseThrow());
            }
            throw new UnexpectedTerm(term + " is no " + type);
        }

        @Override
        public <T> T as(TypeReference<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reply ok() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> Optional<T> asOptional(Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void writeJson(OutputStream out) throws IOException {
            StringBuilder json = new StringBuilder();
            TermJson.append(term, json);
            out.write(json.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }
}
