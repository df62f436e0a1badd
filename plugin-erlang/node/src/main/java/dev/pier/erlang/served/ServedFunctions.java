package dev.pier.erlang.served;

import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.Exposure;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.ServedListener;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The functions that Erlang may call, by module, name and arity.
///
/// The newest function of a name and arity is called; older ones are kept. At a redeployment the new version of an
/// application exposes its functions before the old version ends.
///
/// Threads: any.
public final class ServedFunctions {
    private static final Logger log = LoggerFactory.getLogger(ServedFunctions.class);

    /// The newest first. Lists are replaced, never changed.
    private final ConcurrentMap<Key, List<ServedFunction>> functions = new ConcurrentHashMap<>();

    /// Those of the node itself, which all others cover.
    private final ConcurrentMap<Key, ServedFunction> provided = new ConcurrentHashMap<>();

    private final ServedListener listener;

    /// @param listener observes the calls of the functions
    public ServedFunctions(ServedListener listener) {
        this.listener = listener;
    }

    ServedListener listener() {
        return listener;
    }

    private record Key(Atom module, Atom function, int arity) {
        static Key of(ServedFunction served) {
            return new Key(served.module(), served.function(), served.arity());
        }
    }

    /// Exposes a function for any number of arguments.
    public Exposure expose(String module, String function, ErlangFunction body, ValueMapper mapper) {
        return expose(module, function, ServedFunction.ANY_ARITY, body, mapper);
    }

    /// @throws IllegalArgumentException if the arity or a name is invalid
    public Exposure expose(String module, String function, int arity, ErlangFunction body, ValueMapper mapper) {
        return add(List.of(new ServedFunction(Atom.of(module), Atom.of(function), arity, body, mapper)));
    }

    /// Exposes the annotated methods of an object.
    ///
    /// @throws IllegalArgumentException if it has none, or two of them have the same name and arity
    public Exposure expose(Object methods, ValueMapper mapper) {
        return add(ExposedMethods.of(methods, mapper));
    }

    /// Provides a function of the node itself.
    void provide(String module, String function, int arity, ErlangFunction body, ValueMapper mapper) {
        ServedFunction served = new ServedFunction(Atom.of(module), Atom.of(function), arity, body, mapper);
        provided.put(Key.of(served), served);
    }

    private Exposure add(List<ServedFunction> exposed) {
        for (ServedFunction function : exposed) {
            List<ServedFunction> now = functions.merge(Key.of(function), List.of(function), ServedFunctions::prepended);
            log.info("Exposed {}{}", function, now.size() > 1 ? ", in place of an older one" : "");
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                exposed.forEach(this::remove);
            }
        };
    }

    private static List<ServedFunction> prepended(List<ServedFunction> older, List<ServedFunction> newer) {
        List<ServedFunction> all = new ArrayList<>(newer);
        all.addAll(older);
        return List.copyOf(all);
    }

    private void remove(ServedFunction gone) {
        functions.computeIfPresent(Key.of(gone), (_, all) -> without(gone, all));
        log.info("No longer exposed: {}", gone);
    }

    @SuppressWarnings("ReferenceEquality") // The same body may have been exposed twice.
    private static @Nullable List<ServedFunction> without(ServedFunction gone, List<ServedFunction> all) {
        List<ServedFunction> left =
                all.stream().filter(function -> function != gone).toList();
        return left.isEmpty() ? null : left;
    }

    /// The functions of applications that can be called now, by name.
    public List<ServedStatus> exposed() {
        return functions.values().stream()
                .map(List::getFirst)
                .map(function -> function.counts().of(function.toString()))
                .sorted(Comparator.comparing(ServedStatus::function))
                .toList();
    }

    Optional<ServedFunction> find(Atom module, Atom function, int arity) {
        return newest(module, function, arity)
                .or(() -> newest(module, function, ServedFunction.ANY_ARITY))
                .or(() -> Optional.ofNullable(provided.get(new Key(module, function, arity))));
    }

    private Optional<ServedFunction> newest(Atom module, Atom function, int arity) {
        return Optional.ofNullable(functions.get(new Key(module, function, arity)))
                .map(List::getFirst);
    }
}
