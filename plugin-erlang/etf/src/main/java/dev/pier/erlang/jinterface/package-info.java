/// JInterface's objects as terms and back, so that code written for JInterface goes on working.
///
/// Everything here but [dev.pier.erlang.jinterface.JInterface] needs OTP's `OtpErlang.jar` on the class path, which
/// Pier itself does not.
@NullMarked
package dev.pier.erlang.jinterface;

import org.jspecify.annotations.NullMarked;
