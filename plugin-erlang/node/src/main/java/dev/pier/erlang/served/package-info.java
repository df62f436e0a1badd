/// Served calls: functions of this node that Erlang calls by `erpc` and `rpc`, by `spawn`, and by the legacy `rex`
/// protocol.
@NullMarked
package dev.pier.erlang.served;

import org.jspecify.annotations.NullMarked;
