/// The external term format: bytes to terms and back. All code is pure, and decoding is bounded by
/// [dev.pier.erlang.etf.DecodeLimits].
///
/// SPEC: erl_ext_dist.
@NullMarked
package dev.pier.erlang.etf;

import org.jspecify.annotations.NullMarked;
