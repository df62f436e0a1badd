package dev.pier.bench.jinterfaceapp;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangException;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangTuple;
import com.ericsson.otp.erlang.OtpMbox;

/// A mailbox that makes calls as JInterface's documentation shows: a message to `rex`, and its answer. For one thread
/// at a time, because an answer does not identify its call.
final class Caller {
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final OtpErlangAtom CALL = new OtpErlangAtom("call");
    private static final OtpErlangAtom USER = new OtpErlangAtom("user");

    private final OtpMbox mailbox = Node.open().createMbox();

    /// @throws IllegalStateException if no answer arrives within the timeout
    OtpErlangObject call(String module, String function, OtpErlangObject... arguments) throws OtpErlangException {
        OtpErlangTuple call = new OtpErlangTuple(new OtpErlangObject[] {
            CALL, new OtpErlangAtom(module), new OtpErlangAtom(function), new OtpErlangList(arguments), USER
        });
        mailbox.send("rex", Node.PEER, new OtpErlangTuple(new OtpErlangObject[] {mailbox.self(), call}));
        // {rex, Result}
        if (mailbox.receive(TIMEOUT_MILLIS) instanceof OtpErlangTuple answer && answer.arity() == 2) {
            return answer.elementAt(1);
        }
        throw new IllegalStateException("no answer within " + TIMEOUT_MILLIS + " ms");
    }

    void close() {
        mailbox.close();
    }
}
