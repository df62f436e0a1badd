package dev.pier.erlang.connection;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/// A signal whose frames are the given texts.
final class TestSignal implements Outbound {
    private final Pid sender;
    private final List<String> frames;
    private final Iterator<String> left;

    private TestSignal(int sender, List<String> frames) {
        this.sender = new Pid(Atom.of("n@h"), sender, 0, 1);
        this.frames = frames;
        this.left = frames.iterator();
    }

    static TestSignal of(int sender, String... frames) {
        return new TestSignal(sender, Arrays.asList(frames));
    }

    @Override
    public Pid sender() {
        return sender;
    }

    @Override
    public long size() {
        return frames.stream().mapToLong(String::length).sum();
    }

    @Override
    public boolean addNextFrame(Collection<? super ByteBuffer> write) {
        write.add(ByteBuffer.wrap(left.next().getBytes(StandardCharsets.US_ASCII)));
        return left.hasNext();
    }
}
