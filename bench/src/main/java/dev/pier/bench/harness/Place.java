package dev.pier.bench.harness;

import java.util.List;
import java.util.regex.Pattern;

/// A place in which a sample of a profile is counted: the first that one of its frames has, from the leaf on.
///
/// @param frame a name of async-profiler: `org/eclipse/jetty/io/ManagedSelector.select`, or of the kernel
///     `futex_wait_[k]`
record Place(String title, Pattern frame) {
    private static final List<Place> SYSTEM_CALLS = List.of(
            place("kernel: writev, the response", "__x64_sys_writev_\\[k\\]"),
            place("kernel: write, to Erlang", "__x64_sys_write_\\[k\\]"),
            place("kernel: read", "__x64_sys_(read|recvfrom|recvmsg)_\\[k\\]"),
            place("kernel: epoll", "__x64_sys_epoll_\\w+_\\[k\\]"),
            place("kernel: futex", "__x64_sys_futex_\\[k\\]"),
            place("kernel: the rest", ".*_\\[k\\]"));

    private static final List<Place> CODE = List.of(
            place("JVM: compilers", "(CompileBroker|C2Compiler|Compiler)::.*"),
            place("JVM: garbage collection", "(G1|WorkerThread::|ConcurrentGCThread::).*"),
            place("Pier: the Erlang node", "dev/pier/erlang/.*"),
            place("Pier: the server", "dev/pier/server/.*"),
            place("the application", "dev/pier/bench/.*"),
            place("Jetty: servlets", "org/eclipse/jetty/(ee11|ee|session)/.*"),
            place("Jetty: HTTP", "org/eclipse/jetty/(server|http|http2)/.*"),
            place("Jetty: selectors, buffers, threads", "org/eclipse/jetty/.*"),
            place("virtual threads", "(java/lang/VirtualThread|jdk/internal/vm/Continuation|.*ForkJoin).*"));

    private static final Place REST = place("JVM: the rest", ".*");

    private static Place place(String title, String frame) {
        return new Place(title, Pattern.compile(frame));
    }

    /// The place of a stack, whose last frame is the leaf. A system call counts for itself, wherever it was made.
    static Place of(String[] stack) {
        for (Place place : SYSTEM_CALLS) {
            for (String frame : stack) {
                if (place.frame.matcher(frame).matches()) {
                    return place;
                }
            }
        }
        for (int i = stack.length - 1; i >= 0; i--) {
            for (Place place : CODE) {
                if (place.frame.matcher(stack[i]).matches()) {
                    return place;
                }
            }
        }
        return REST;
    }
}
