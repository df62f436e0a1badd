/// JSON from encoded terms, bytes to bytes, without a tree in between.
@NullMarked
package dev.pier.erlang.json;

import org.jspecify.annotations.NullMarked;
