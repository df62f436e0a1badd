/// Helpers for servlets; sees only the API.
@NullMarked
package dev.pier.erlang.servlet;

import org.jspecify.annotations.NullMarked;
