package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MessageHandler;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Pid;
import org.jspecify.annotations.Nullable;

/// A node with one peer, and nothing else.
record OneNode(Peer peer) implements ErlangNode {
    @Override
    public String name() {
        return "web@localhost";
    }

    @Override
    public Peer peer(String name) {
        assertThat(name).isEqualTo(peer.nodeName());
        return peer;
    }

    @Override
    public Mailbox mailbox() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mailbox mailbox(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ErlangProcess register(String name, MessageHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ErlangProcess register(String name, GenServer server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GenServerRef server(Pid server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(Pid to, @Nullable Object message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(String name, String node, @Nullable Object message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void send(String name, @Nullable Object message) {
        throw new UnsupportedOperationException();
    }
}
