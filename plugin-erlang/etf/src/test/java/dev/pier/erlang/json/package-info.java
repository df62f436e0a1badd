@NullMarked
package dev.pier.erlang.json;

import org.jspecify.annotations.NullMarked;
