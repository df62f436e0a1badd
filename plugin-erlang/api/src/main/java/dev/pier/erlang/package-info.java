/// The API that applications compile against: peers, replies, processes and errors.
///
/// Start with [dev.pier.erlang.Peer], which the server injects:
///
/// ```java
/// @Resource(name = "erlang/backend") Peer backend;
/// ```
///
/// The package has interfaces, annotations, values and exceptions only. All types are safe for many threads unless
/// their documentation says otherwise.
@NullMarked
package dev.pier.erlang;

import org.jspecify.annotations.NullMarked;
