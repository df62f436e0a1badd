package dev.pier.erlang.jinterface;

import dev.pier.erlang.BadArgument;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Maps one tree to another, from the leaves up. Works without recursion: deep nesting costs heap, not stack.
/// Stateless.
///
/// @param <S> the nodes of the given tree
/// @param <T> the nodes of the new tree
abstract class TreeMapper<S, T> {
    /// The limit of the encoder.
    static final int MAX_DEPTH = 10_000;

    /// The parts of a node, which are built before it; none for a leaf.
    abstract List<S> parts(S given);

    /// Builds the counterpart of a node.
    ///
    /// @param parts the counterparts of its parts, in their order
    abstract T build(S given, List<T> parts);

    final T map(S root) {
        Deque<Open<S, T>> open = new ArrayDeque<>();
        S next = root;
        while (true) {
            List<S> parts = parts(next);
            if (!parts.isEmpty()) {
                if (open.size() == MAX_DEPTH) {
                    throw new BadArgument("nested deeper than " + MAX_DEPTH + ", or a cycle");
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

    /// A node whose parts are not all built.
    private record Open<S, T>(S given, List<S> parts, List<T> built) {
        /// Adds the next built part.
        ///
        /// @return whether it was the last one
        boolean isLast(T part) {
            built.add(part);
            return built.size() == parts.size();
        }
    }
}
