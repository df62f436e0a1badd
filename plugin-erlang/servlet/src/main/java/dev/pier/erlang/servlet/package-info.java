/// Support for servlets: JSON responses, streams, server-sent events and error responses. Depends on the API only.
///
/// [dev.pier.erlang.servlet.ErlangErrors] maps failures of Erlang work to HTTP statuses. Every web application has
/// it without configuration.
@NullMarked
package dev.pier.erlang.servlet;

import org.jspecify.annotations.NullMarked;
