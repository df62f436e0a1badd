/// The external term format: bytes to terms and back. Pure, and bounded by [dev.pier.erlang.etf.DecodeLimits].
@NullMarked
package dev.pier.erlang.etf;

import org.jspecify.annotations.NullMarked;
