/// Encoded replies and messages, and excerpts of terms for error messages.
@NullMarked
package dev.pier.erlang.mapping;

import org.jspecify.annotations.NullMarked;
