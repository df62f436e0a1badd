package dev.pier.erlang.connection;

import dev.pier.erlang.dist.EncodedSignal;
import dev.pier.erlang.term.Pid;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides in which order frames are written.
///
/// The large signals of different senders take turns, one fragment each, with small signals of all senders between
/// them. A large signal delays only its own sender, whose later signals wait until all its fragments are written.
///
/// Threads. For the write owner of [FrameWriter] only.
///
/// SPEC: erl_ext_dist, Distribution Header for fragmented messages: a sender completes one fragmented signal before it
/// sends its next signal.
final class WriteOrder {
    /// Signals of which no frame has been written.
    private final ArrayDeque<EncodedSignal> ready = new ArrayDeque<>();

    /// Large signals of which some fragments have been written.
    private final ArrayDeque<EncodedSignal> unfinished = new ArrayDeque<>();

    /// The later signals of the senders of unfinished signals.
    private final Map<Pid, ArrayDeque<EncodedSignal>> heldBack = new HashMap<>();

    boolean isEmpty() {
        return ready.isEmpty() && unfinished.isEmpty();
    }

    void add(EncodedSignal signal) {
        ArrayDeque<EncodedSignal> behind = heldBack.isEmpty() ? null : heldBack.get(signal.sender());
        if (behind == null) {
            ready.add(signal);
        } else {
            behind.add(signal);
        }
    }

    /// Takes the next signal of which no frame has been written.
    @Nullable
    EncodedSignal nextReady() {
        return ready.poll();
    }

    /// Takes the large signal whose fragment is next.
    @Nullable
    EncodedSignal nextUnfinished() {
        return unfinished.poll();
    }

    /// Takes a signal back after one of its frames has been written.
    ///
    /// @param more whether it has further frames
    void written(EncodedSignal signal, boolean more) {
        if (more) {
            unfinished.add(signal);
            if (heldBack.putIfAbsent(signal.sender(), new ArrayDeque<>()) == null) {
                holdBackReady(signal.sender());
            }
            return;
        }
        ArrayDeque<EncodedSignal> behind = heldBack.isEmpty() ? null : heldBack.remove(signal.sender());
        if (behind != null) {
            // With `add`: the first of them may be large too, and hold back the others.
            behind.forEach(this::add);
        }
    }

    /// Holds back the signals that the sender enqueued behind its large one before the first fragment of that was
    /// written.
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
