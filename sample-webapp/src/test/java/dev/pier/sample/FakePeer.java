package dev.pier.sample;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.NodeReply;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.RecordDefinitions;
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

/// A peer whose replies come from the test, encoded as in production. Records the calls.
final class FakePeer implements Peer {
    record Call(String module, String function, List<@Nullable Object> arguments) {}

    final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    private final Function<Call, Term> results;

    FakePeer(Function<Call, Term> results) {
        this.results = results;
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
        Call call = new Call(module, function, new ArrayList<>(Arrays.asList(arguments)));
        calls.add(call);
        return new EncodedReply(EncodedTerm.of(results.apply(call)), new EtfValueMapper(), DecodeLimits.DEFAULT);
    }

    @Override
    public CompletableFuture<Reply> callAsync(String module, String function, @Nullable Object... arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<NodeReply> callAll(String module, String function, @Nullable Object... arguments) {
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
    public GenServerRef group(String scope, String group) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GenServerRef group(String scope, Term group) {
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
    public RecordDefinitions records(String module) {
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
    public List<PeerStatus> nodes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Peer on(String node) {
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
