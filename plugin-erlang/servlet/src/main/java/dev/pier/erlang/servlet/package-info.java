/// Helpers for servlets; sees only the API.
///
/// [dev.pier.erlang.servlet.ErlangErrors] turns what goes wrong with Erlang work into HTTP statuses. Every web
/// application has it without a line of its own.
@NullMarked
package dev.pier.erlang.servlet;

import org.jspecify.annotations.NullMarked;
