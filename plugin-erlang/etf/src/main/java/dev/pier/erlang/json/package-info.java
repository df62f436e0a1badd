/// Terms as JSON, written from the encoded bytes without a tree in between.
@NullMarked
package dev.pier.erlang.json;

import org.jspecify.annotations.NullMarked;
