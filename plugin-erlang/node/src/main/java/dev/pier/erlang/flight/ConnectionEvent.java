package dev.pier.erlang.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/// A change of the connection to a node of a peer.
@Name(ConnectionEvent.NAME)
@Label("Erlang Connection")
@Description("A node of a peer is connected, has been lost, has refused the connection or drains")
@Category({"Pier", "Erlang"})
@StackTrace(false)
final class ConnectionEvent extends Event {
    static final String NAME = "dev.pier.erlang.Connection";

    @Label("Node")
    @Nullable
    String node;

    @Label("Change")
    @Description("up, down, refused or draining")
    @Nullable
    String change;

    @Label("Reason")
    @Nullable
    String reason;
}
