package dev.pier.erlang.stream;

import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import java.time.Duration;

/// How to start a stream. Immutable.
///
/// @param groupLeader the process that the function's output goes to
/// @param window in bytes: how much may wait for the consumer on a lane; to how much the window may grow on a shared
///     connection
/// @param timeout how long the answer may take to begin, and a returned value may pause
/// @param limits of each element and row
public record StreamStart(
        Session session, FunctionCall call, Pid groupLeader, int window, Duration timeout, DecodeLimits limits) {}
