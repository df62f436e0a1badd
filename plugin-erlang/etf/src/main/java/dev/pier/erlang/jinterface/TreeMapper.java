package dev.pier.erlang.jinterface;

import dev.pier.erlang.BadArgument;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Makes one tree of another, from the leaves up. It keeps the way back in a list of its own: deep nesting costs
/// heap here, not stack.
///
/// @param <S> what the given tree is made of
/// @param <T> what the new tree is made of
abstract class TreeMapper<S, T> {
    /// As deep as the encoder goes.
    static final int MAX_DEPTH = 10_000;

    /// What has to be built before this; none for a leaf.
    abstract List<S> parts(S given);

    /// The counterpart of a node.
    ///
    /// @param parts the counterparts of its parts, in their order
    abstract T build(S given, List<T> parts);

    final T rebuild(S root) {
        Deque<Open<S, T>> open = new ArrayDeque<>();
        S next = root;
        while (true) {
            List<S> parts = parts(next);
            if (!parts.isEmpty()) {
                if (open.size() == MAX_DEPTH) {
                    throw new BadArgument("nested deeper than " + MAX_DEPTH + ", or in a circle");
                }
                open.push(new Open<>(next, parts, new ArrayList<>(parts.size())));
                next = parts.getFirst();
                continue;
            }
            T done = build(next, List.of());
            Open<S, T> parent = open.peek();
            while (parent != null && parent.isLast(done)) {
                done = build(parent.given, parent.built);
                open.pop();
                parent = open.peek();
            }
            if (parent == null) {
                return done;
            }
            next = parent.parts.get(parent.built.size());
        }
    }

    /// A node some of whose parts are not built yet.
    private record Open<S, T>(S given, List<S> parts, List<T> built) {
        /// Takes the next part that is built, and tells whether it was the last.
        boolean isLast(T part) {
            built.add(part);
            return built.size() == parts.size();
        }
    }
}
