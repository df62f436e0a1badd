package dev.pier.erlang.connection;

import dev.pier.erlang.term.Pid;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// In which order frames go out. For the writer only.
///
/// Fragments of different senders' large signals take turns, with everybody's small ones between, so that a large
/// signal delays nobody but its own sender: that one's later signals are held back until it is through.
/// SPEC: erl_dist_protocol, "a sender must send all fragments of a signal before its next signal".
final class WriteOrder {
    private final ArrayDeque<Outbound> ready = new ArrayDeque<>();
    private final ArrayDeque<Outbound> unfinished = new ArrayDeque<>();
    private final Map<Pid, ArrayDeque<Outbound>> heldBack = new HashMap<>();

    boolean isEmpty() {
        return ready.isEmpty() && unfinished.isEmpty();
    }

    void add(Outbound signal) {
        ArrayDeque<Outbound> behind = heldBack.isEmpty() ? null : heldBack.get(signal.sender());
        if (behind == null) {
            ready.add(signal);
        } else {
            behind.add(signal);
        }
    }

    /// The next signal of which nothing has been written yet.
    @Nullable
    Outbound nextReady() {
        return ready.poll();
    }

    /// The large signal whose turn it is.
    @Nullable
    Outbound nextUnfinished() {
        return unfinished.poll();
    }

    /// Takes a signal back of which one frame has been written.
    void written(Outbound signal, boolean more) {
        if (more) {
            unfinished.add(signal);
            if (heldBack.putIfAbsent(signal.sender(), new ArrayDeque<>()) == null) {
                holdBackReady(signal.sender());
            }
            return;
        }
        ArrayDeque<Outbound> behind = heldBack.isEmpty() ? null : heldBack.remove(signal.sender());
        if (behind != null) {
            // Through `add`: the first of them may be large again and hold back the others.
            behind.forEach(this::add);
        }
    }

    /// What the sender had queued behind its large signal before that one's first frame went out.
    private void holdBackReady(Pid sender) {
        ready.removeIf(signal -> {
            boolean hold = signal.sender().equals(sender);
            if (hold) {
                add(signal);
            }
            return hold;
        });
    }
}
