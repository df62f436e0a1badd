package dev.pier.erlang.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/// One call to Erlang. By default, only calls of 10 ms and more are recorded.
@Name(CallEvent.NAME)
@Label("Erlang Call")
@Description("A call to Erlang; the call of a stream, until its answer begins")
@Category({"Pier", "Erlang"})
@StackTrace(false)
@Threshold("10 ms")
final class CallEvent extends Event {
    static final String NAME = "dev.pier.erlang.Call";

    @Label("Peer")
    @Nullable
    String peer;

    @Label("Node")
    @Description("The node that decided how the call ended")
    @Nullable
    String node;

    @Label("Function")
    @Description("The function that was called, or the server")
    @Nullable
    String function;

    @Label("Outcome")
    @Description("How the call ended, as in the metric pier.erlang.calls")
    @Nullable
    String outcome;
}
