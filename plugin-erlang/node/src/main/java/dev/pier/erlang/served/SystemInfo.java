package dev.pier.erlang.served;

import dev.pier.erlang.Raised;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `erlang:system_info/1`, `memory/0,1` and `observer_backend:sys_info/0`, about this JVM. Items without a
/// counterpart in Java are 0. Threads: any.
///
/// SPEC: erlang:system_info/1, erlang:memory/0
final class SystemInfo {
    private static final Term ZERO = IntegerTerm.of(0);
    private static final Atom UNKNOWN = Atom.of("unknown");
    private static final List<String> MEMORY =
            List.of("total", "processes", "processes_used", "system", "atom", "atom_used", "binary", "code", "ets");

    /// The oldest release whose protocol this node speaks in full. Tools compare numbers.
    private static final String OTP_RELEASE = "25";

    private final ProcessTable processes;
    private final int creation;

    SystemInfo(ProcessTable processes) {
        this.processes = processes;
        this.creation = processes.anonymousSender().creation();
    }

    /// `system_info(Item)`
    Term of(Term item) {
        Term value = switch (item) {
            case Atom(String name) -> value(name);
            case Tuple(List<Term> parts)
            when parts.size() == 2 && parts.getFirst().equals(Atom.of("wordsize")) -> IntegerTerm.of(Long.BYTES);
            default -> null;
        };
        if (value == null) {
            throw Raised.error(Atoms.BADARG);
        }
        return value;
    }

    private @Nullable Term value(String item) {
        return switch (item) {
            case "otp_release" -> text(OTP_RELEASE);
            case "version" -> text(version());
            case "system_version" ->
                text("Pier " + version() + " [Java " + Runtime.version() + "] ["
                        + ManagementFactory.getRuntimeMXBean().getVmName() + "]\n");
            case "system_architecture" ->
                text(System.getProperty("os.arch", "") + "-" + System.getProperty("os.name", ""));
            case "machine" -> text("JVM");
            case "creation" -> IntegerTerm.of(Integer.toUnsignedLong(creation));
            case "process_count" -> IntegerTerm.of(processes.count());
            case "process_limit" -> IntegerTerm.of((1L << 28) - 1);
            case "port_count", "ets_count", "atom_count" -> ZERO;
            case "port_limit", "ets_limit" -> IntegerTerm.of(1 << 16);
            case "atom_limit" -> IntegerTerm.of(1 << 20);
            case "schedulers",
                    "schedulers_online",
                    "logical_processors",
                    "logical_processors_online",
                    "logical_processors_available" ->
                IntegerTerm.of(Runtime.getRuntime().availableProcessors());
            case "dirty_cpu_schedulers", "dirty_cpu_schedulers_online", "dirty_io_schedulers", "thread_pool_size" ->
                ZERO;
            case "wordsize" -> IntegerTerm.of(Long.BYTES);
            case "smp_support", "threads", "kernel_poll" -> Atom.TRUE;
            case "multi_scheduling" -> Atom.of("enabled");
            case "build_type" -> Atom.of("opt");
            case "emu_flavor" -> Atom.of("jit");
            case "dist_buf_busy_limit" -> IntegerTerm.of(1 << 20);
            case "scheduler_bind_type" -> Atom.of("unbound");
            case "allocator" -> Tuple.of(Atom.UNDEFINED, ListTerm.EMPTY, ListTerm.EMPTY, ListTerm.EMPTY);
            default -> null;
        };
    }

    private static String version() {
        return Optional.ofNullable(SystemInfo.class.getPackage().getImplementationVersion())
                .orElse("0");
    }

    private static Term text(String text) {
        return ListTerm.ofBytes(Binary.of(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /// `memory()`
    Term memory() {
        List<Term> pairs = new ArrayList<>();
        MEMORY.forEach(key -> pairs.add(Tuple.of(Atom.of(key), memory(key))));
        return new ListTerm(pairs);
    }

    /// `memory(Item)` and `memory(Items)`
    Term memory(Term wanted) {
        return switch (wanted) {
            case Atom(String name) -> memory(name);
            case ListTerm(List<Term> items) ->
                new ListTerm(items.stream()
                        .<Term>map(item ->
                                item instanceof Atom(String name) ? Tuple.of(item, memory(name)) : badArgument())
                        .toList());
            default -> badArgument();
        };
    }

    private Term memory(String key) {
        MemoryMXBean jvm = ManagementFactory.getMemoryMXBean();
        long heap = jvm.getHeapMemoryUsage().getUsed();
        long other = jvm.getNonHeapMemoryUsage().getUsed();
        long own = ProcessInfo.memory(processes.all().stream());
        return switch (key) {
            case "total" -> IntegerTerm.of(heap + other);
            case "processes", "processes_used" -> IntegerTerm.of(own);
            case "system" -> IntegerTerm.of(Math.max(0, heap + other - own));
            case "code" -> IntegerTerm.of(other);
            case "atom", "atom_used", "binary", "ets" -> ZERO;
            default -> badArgument();
        };
    }

    private static Term badArgument() {
        throw Raised.error(Atoms.BADARG);
    }

    /// `observer_backend:sys_info()`. OTP: observer_backend.erl:sys_info/0
    Term forObserver() {
        List<Term> pairs = new ArrayList<>();
        for (String key : List.of(
                "process_count",
                "process_limit",
                "logical_processors",
                "logical_processors_online",
                "logical_processors_available",
                "schedulers",
                "schedulers_online",
                "otp_release",
                "version",
                "system_architecture",
                "kernel_poll",
                "smp_support",
                "threads",
                "thread_pool_size",
                "atom_limit",
                "atom_count",
                "port_limit",
                "port_count",
                "ets_limit",
                "ets_count",
                "dist_buf_busy_limit")) {
            pairs.add(Tuple.of(Atom.of(key), Optional.ofNullable(value(key)).orElse(UNKNOWN)));
        }
        Term processors = IntegerTerm.of(Runtime.getRuntime().availableProcessors());
        pairs.add(Tuple.of(
                Atom.of("uptime"),
                IntegerTerm.of(ManagementFactory.getRuntimeMXBean().getUptime())));
        pairs.add(Tuple.of(Atom.of("run_queue"), ZERO));
        pairs.add(Tuple.of(Atom.of("io_input"), ZERO));
        pairs.add(Tuple.of(Atom.of("io_output"), ZERO));
        pairs.add(Tuple.of(Atom.of("schedulers_available"), processors));
        pairs.add(Tuple.of(Atom.of("wordsize_internal"), IntegerTerm.of(Long.BYTES)));
        pairs.add(Tuple.of(Atom.of("wordsize_external"), IntegerTerm.of(Long.BYTES)));
        pairs.add(Tuple.of(Atom.of("alloc_info"), ListTerm.EMPTY));
        pairs.add(Tuple.of(
                Atom.of("persistent_term"),
                ListTerm.of(Tuple.of(Atom.of("count"), ZERO), Tuple.of(Atom.of("memory"), ZERO))));
        pairs.addAll(((ListTerm) memory()).elements());
        return new ListTerm(pairs);
    }
}
