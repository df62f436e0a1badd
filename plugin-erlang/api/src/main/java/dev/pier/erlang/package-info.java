/// The Erlang side as web applications see it: all that they compile against.
///
/// Start with [dev.pier.erlang.Peer], which an application gets injected:
///
/// ```java
/// @Resource(name = "erlang/backend") Peer backend;
/// ```
///
/// Only interfaces, records and exceptions stand here. Everything is safe for use by many threads at once unless it
/// says otherwise.
@NullMarked
package dev.pier.erlang;

import org.jspecify.annotations.NullMarked;
