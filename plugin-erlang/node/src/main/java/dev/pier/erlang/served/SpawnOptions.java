package dev.pier.erlang.served;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The options of a spawn request. Those that tune Erlang's scheduler and memory are accepted without effect.
///
/// SPEC: erlang:spawn_opt/4.
record SpawnOptions(boolean link, boolean monitor) {
    private static final String LINK = "link";
    private static final String MONITOR = "monitor";
    private static final Set<String> TUNING = Set.of(
            "priority",
            "fullsweep_after",
            "min_heap_size",
            "min_bin_vheap_size",
            "max_heap_size",
            "message_queue_data",
            "async_dist");

    /// @return empty if Erlang would answer `badopt`
    static Optional<SpawnOptions> of(List<Term> options) {
        boolean link = false;
        boolean monitor = false;
        for (Term option : options) {
            switch (name(option)) {
                case LINK -> link = true;
                case MONITOR -> monitor = true;
                case String name when TUNING.contains(name) -> {
                    // No effect on Java threads.
                }
                default -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new SpawnOptions(link, monitor));
    }

    private static String name(Term option) {
        return switch (option) {
            case Atom(String name) when name.equals(LINK) || name.equals(MONITOR) -> name;
            case Tuple pair
            when pair.arity() == 2 && pair.get(0) instanceof Atom(String name) && !name.equals(LINK) -> name;
            default -> "";
        };
    }

    /// Whether the caller learns how the process ends.
    boolean reportsEnd() {
        return link || monitor;
    }

    /// The flags of SPAWN_REPLY.
    int flags() {
        return (link ? ControlMessage.SpawnReply.LINKED : 0) | (monitor ? ControlMessage.SpawnReply.MONITORED : 0);
    }
}
