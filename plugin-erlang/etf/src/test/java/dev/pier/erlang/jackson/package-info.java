@NullMarked
package dev.pier.erlang.jackson;

import org.jspecify.annotations.NullMarked;
