/// Replies of any size and rows of a producer, read while they arrive.
@NullMarked
package dev.pier.erlang.stream;

import org.jspecify.annotations.NullMarked;
