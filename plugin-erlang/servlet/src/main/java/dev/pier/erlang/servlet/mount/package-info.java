/// Erlang functions and web applications served at a path of a servlet.
@NullMarked
package dev.pier.erlang.servlet.mount;

import org.jspecify.annotations.NullMarked;
