/// JInterface's objects as terms and back, so that code written for JInterface continues to work.
///
/// All classes except [dev.pier.erlang.jinterface.JInterface] need OTP's `OtpErlang.jar` on the class path, which
/// Pier itself does not need.
@NullMarked
package dev.pier.erlang.jinterface;

import org.jspecify.annotations.NullMarked;
