package dev.pier.erlang.served;

import dev.pier.erlang.Raised;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessSnapshot;
import dev.pier.erlang.process.ProcessSnapshot.Role;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `erlang:process_info/1,2` for a process of this node. Items without a counterpart in Java are 0 or empty, in the
/// shape that tools expect; the contents of messages are not shown. Pure.
///
/// SPEC: erlang:process_info/2
final class ProcessInfo {
    private static final Atom REGISTERED_NAME = Atom.of("registered_name");
    private static final Atom PROCESS = Atom.of("process");
    private static final Atom WAITING = Atom.of("waiting");
    private static final Atom RUNNING = Atom.of("running");
    private static final Atom INITIAL_CALL = Atom.of("$initial_call");
    private static final Term ZERO = IntegerTerm.of(0);

    /// The approximate size of a process without messages, in bytes.
    private static final int PROCESS_BYTES = 1024;

    /// The items of `process_info/1`, except the name. OTP: erl_bif_info.c:pi_1_keys
    private static final List<String> ALL = List.of(
            "current_function",
            "initial_call",
            "status",
            "message_queue_len",
            "links",
            "dictionary",
            "trap_exit",
            "error_handler",
            "priority",
            "group_leader",
            "total_heap_size",
            "heap_size",
            "stack_size",
            "reductions",
            "garbage_collection",
            "suspending");

    private final ProcessSnapshot process;
    private final Pid groupLeader;

    ProcessInfo(LocalProcess process, Pid groupLeader) {
        this.process = process.snapshot();
        this.groupLeader = groupLeader;
    }

    /// `process_info(Pid)`
    Term all() {
        List<Term> pairs = new ArrayList<>();
        process.names().stream().findFirst().ifPresent(name -> pairs.add(Tuple.of(REGISTERED_NAME, name)));
        ALL.forEach(key -> pairs.add(pair(Atom.of(key))));
        return new ListTerm(pairs);
    }

    /// `process_info(Pid, Item)` and `process_info(Pid, Items)`. A process without a name has `[]` in place of
    /// the pair in the first form.
    Term of(Term wanted) {
        return switch (wanted) {
            case ListTerm(List<Term> items) ->
                new ListTerm(items.stream().map(this::pair).toList());
            case Atom item when item.equals(REGISTERED_NAME) && process.names().isEmpty() -> ListTerm.EMPTY;
            default -> pair(wanted);
        };
    }

    private Term pair(Term item) {
        Term value = item instanceof Atom key ? value(key.name()) : dictionaryValue(item);
        if (value == null) {
            throw Raised.error(Atoms.BADARG);
        }
        return Tuple.of(item, value);
    }

    /// `{dictionary, Key}`, since OTP 26.2.
    private static @Nullable Term dictionaryValue(Term item) {
        return item instanceof Tuple pair && pair.is(Atom.of("dictionary"), 2) ? Atom.UNDEFINED : null;
    }

    private @Nullable Term value(String key) {
        return switch (key) {
            case "registered_name" ->
                process.names().isEmpty() ? ListTerm.EMPTY : process.names().getFirst();
            case "current_function" -> function();
            case "current_location" -> Tuple.of(module(), name(), arity(), ListTerm.EMPTY);
            case "initial_call" -> Tuple.of(Atom.of("proc_lib"), Atom.of("init_p"), IntegerTerm.of(5));
            case "dictionary" -> ListTerm.of(Tuple.of(INITIAL_CALL, function()));
            case "status" -> process.activity().role() == Role.SERVED_CALL ? RUNNING : WAITING;
            case "message_queue_len" -> IntegerTerm.of(process.activity().messages());
            case "links" -> new ListTerm(List.copyOf(process.links()));
            case "monitors" ->
                new ListTerm(process.monitors().stream()
                        .<Term>map(object -> Tuple.of(PROCESS, object))
                        .toList());
            case "monitored_by" -> new ListTerm(List.copyOf(process.monitoredBy()));
            case "trap_exit" -> Atom.of(process.trapsExits());
            case "memory" -> IntegerTerm.of(PROCESS_BYTES + process.activity().bytes());
            case "error_handler" -> Atom.of("error_handler");
            case "priority" -> Atom.of("normal");
            case "group_leader" -> groupLeader;
            case "message_queue_data" -> Atom.of("off_heap");
            case "total_heap_size", "heap_size", "stack_size", "reductions", "catchlevel", "min_heap_size" -> ZERO;
            case "garbage_collection", "suspending", "current_stacktrace", "binary", "backtrace" -> ListTerm.EMPTY;
            default -> null;
        };
    }

    private Term function() {
        return Tuple.of(module(), name(), arity());
    }

    private Atom module() {
        return Atom.of(process.activity().role().module);
    }

    private Atom name() {
        return Atom.of(process.activity().role().function);
    }

    private Term arity() {
        return IntegerTerm.of(process.activity().role().arity);
    }

    /// The bytes of the messages that wait for these processes, and of the processes themselves.
    static long memory(Stream<LocalProcess> processes) {
        return processes
                .mapToLong(process -> PROCESS_BYTES + process.body().activity().bytes())
                .sum();
    }
}
