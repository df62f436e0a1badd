package dev.pier.erlang.flight;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.CallGate;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.CallKind;
import dev.pier.erlang.trace.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Records calls and connections while a recording of Java's Flight Recorder runs. Until the first one of the JVM,
/// a call costs a check, and the classes of the recorder are not loaded.
public final class FlightRecorder {
    private FlightRecorder() {}

    /// Records the calls to a peer.
    ///
    /// @param listener is told of the calls, too
    public static CallListener calls(String peer, CallListener listener) {
        return new Calls(peer, listener);
    }

    /// Records the changes of a node.
    ///
    /// @param observer is told of the changes, too
    public static CallGate.Observer changes(CallGate.Observer observer) {
        return (node, kind, reason) -> {
            if (isUsed()) {
                record(node, kind, reason);
            }
            observer.changed(node, kind, reason);
        };
    }

    private static void record(NodeName node, PeerEvent.Kind kind, String reason) {
        ConnectionEvent event = new ConnectionEvent();
        if (event.isEnabled()) {
            event.node = node.toString();
            event.change = kind.name().toLowerCase(Locale.ROOT);
            event.reason = reason;
            event.commit();
        }
    }

    private static boolean isUsed() {
        return jdk.jfr.FlightRecorder.isInitialized();
    }

    private static final class Calls extends CallListener.Wrapper {
        private final String peer;

        Calls(String peer, CallListener listener) {
            super(listener);
            this.peer = peer;
        }

        @Override
        public CallListener begin(CallKind kind, Atom module, Atom function, int arity) {
            CallListener listener = super.begin(kind, module, function, arity);
            CallEvent event = enabled();
            return event == null ? listener : recorded(event, module + ":" + function + "/" + arity, listener);
        }

        @Override
        public CallListener begin(CallKind kind, Object process) {
            CallListener listener = super.begin(kind, process);
            CallEvent event = enabled();
            return event == null ? listener : recorded(event, process.toString(), listener);
        }

        /// An event, if one is recorded now.
        private static @Nullable CallEvent enabled() {
            if (!isUsed()) {
                return null;
            }
            CallEvent event = new CallEvent();
            return event.isEnabled() ? event : null;
        }

        private CallListener recorded(CallEvent event, String function, CallListener listener) {
            event.peer = peer;
            event.function = function;
            event.begin();
            return new Recorded(event, listener);
        }
    }

    private static final class Recorded extends CallListener.Wrapper {
        private final CallEvent event;

        Recorded(CallEvent event, CallListener listener) {
            super(listener);
            this.event = event;
        }

        @Override
        public void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
            event.end();
            if (event.shouldCommit()) {
                event.node = node;
                event.outcome = Outcome.of(failure);
                event.commit();
            }
            super.ended(node, failure, nanos);
        }
    }
}
