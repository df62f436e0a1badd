package dev.pier.erlang.served;

import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node serves. Safe for many threads.
///
/// Under each name and arity there may be several, of which the newest counts: a web application that replaces another
/// is there before the other has gone.
public final class ServedFunctions {
    private static final Logger log = LoggerFactory.getLogger(ServedFunctions.class);

    /// Lists are never changed, only replaced.
    private final ConcurrentMap<Key, List<ServedFunction>> functions = new ConcurrentHashMap<>();

    private record Key(Atom module, Atom function, int arity) {
        static Key of(ServedFunction served) {
            return new Key(served.module(), served.function(), served.arity());
        }
    }

    /// Serves a function for any number of arguments.
    public Exposure expose(String module, String function, ErlangFunction body, ValueMapper mapper) {
        return expose(module, function, ServedFunction.ANY_ARITY, body, mapper);
    }

    /// @throws IllegalArgumentException if the arity or a name is none
    public Exposure expose(String module, String function, int arity, ErlangFunction body, ValueMapper mapper) {
        return add(List.of(new ServedFunction(Atom.of(module), Atom.of(function), arity, body, mapper)));
    }

    /// Serves the annotated methods of an object.
    ///
    /// @throws IllegalArgumentException if it has none, or they are not to be told apart
    public Exposure expose(Object methods, ValueMapper mapper) {
        return add(ExposedMethods.of(methods, mapper));
    }

    private Exposure add(List<ServedFunction> exposed) {
        for (ServedFunction function : exposed) {
            List<ServedFunction> now = functions.merge(Key.of(function), List.of(function), ServedFunctions::covered);
            log.info("Erlang may call {}{}", function, now.size() > 1 ? ", which covers an older one" : "");
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                exposed.forEach(this::remove);
            }
        };
    }

    private static List<ServedFunction> covered(List<ServedFunction> older, List<ServedFunction> newer) {
        List<ServedFunction> all = new ArrayList<>(newer);
        all.addAll(older);
        return List.copyOf(all);
    }

    private void remove(ServedFunction gone) {
        functions.computeIfPresent(Key.of(gone), (_, all) -> without(gone, all));
        log.info("Erlang may no longer call {}", gone);
    }

    @SuppressWarnings("ReferenceEquality") // The same body may have been exposed twice, and is taken back once.
    private static @Nullable List<ServedFunction> without(ServedFunction gone, List<ServedFunction> all) {
        List<ServedFunction> left =
                all.stream().filter(function -> function != gone).toList();
        return left.isEmpty() ? null : left;
    }

    Optional<ServedFunction> find(Atom module, Atom function, int arity) {
        return newest(module, function, arity).or(() -> newest(module, function, ServedFunction.ANY_ARITY));
    }

    private Optional<ServedFunction> newest(Atom module, Atom function, int arity) {
        return Optional.ofNullable(functions.get(new Key(module, function, arity)))
                .map(List::getFirst);
    }
}
