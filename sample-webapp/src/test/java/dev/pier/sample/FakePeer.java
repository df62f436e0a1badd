package dev.pier.sample;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.term.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A peer that answers what the test says, as a real one's answers come, and notes what it was asked.
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
        return new EncodedReply(EncodedTerm.of(answers.apply(question)), new EtfValueMapper(), DecodeLimits.DEFAULT);
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
}
