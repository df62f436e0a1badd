package dev.pier.erlang.dist;

import dev.pier.erlang.term.Atom;

/// Atoms of the protocols between nodes that several classes use.
public final class WellKnownAtoms {
    // OTP: gen.erl, net_adm.erl.
    public static final Atom GEN_CALL = Atom.of("$gen_call");
    public static final Atom GEN_CAST = Atom.of("$gen_cast");
    public static final Atom NET_KERNEL = Atom.of("net_kernel");
    public static final Atom IS_AUTH = Atom.of("is_auth");
    public static final Atom YES = Atom.of("yes");

    // OTP: erpc.erl, rpc.erl.
    public static final Atom ERLANG = Atom.of("erlang");
    public static final Atom ERPC = Atom.of("erpc");
    public static final Atom REX = Atom.of("rex");
    public static final Atom CALL = Atom.of("call");
    public static final Atom CAST = Atom.of("cast");
    public static final Atom USER = Atom.of("user");
    public static final Atom RETURN = Atom.of("return");
    public static final Atom BADRPC = Atom.of("badrpc");
    /// In `{'EXIT', Reason}`, what `catch` gives, and in `{'EXIT', From, Reason}`, the message of a broken link.
    public static final Atom EXIT_TUPLE = Atom.of("EXIT");

    // Exit and error reasons.
    public static final Atom NORMAL = Atom.of("normal");
    public static final Atom KILL = Atom.of("kill");
    /// `{java_exception, Class, Message}`: the reason of a failure in Java code.
    public static final Atom JAVA_EXCEPTION = Atom.of("java_exception");
    public static final Atom NOTSUP = Atom.of("notsup");
    /// In place of a reason that cannot be decoded or exceeds a limit.
    public static final Atom UNREADABLE_REASON = Atom.of("unreadable_reason");
    public static final Atom SYSTEM_LIMIT = Atom.of("system_limit");

    private WellKnownAtoms() {}
}
