package dev.pier.erlang.served;

/// A function that Erlang may call, and its calls since it was exposed.
///
/// @param function as Erlang names it: `module:function/arity`, with `_` for any arity
/// @param ended the calls that have ended
/// @param failed those of them that have thrown
public record ServedStatus(String function, long ended, long failed) {}
