package dev.pier.erlang;

import dev.pier.erlang.term.Term;

/// The function threw: `throw(Reason)`.
public final class RemoteThrow extends RemoteException {
    private static final long serialVersionUID = 1L;

    public RemoteThrow(String message, Term thrown) {
        super(message, thrown);
    }
}
