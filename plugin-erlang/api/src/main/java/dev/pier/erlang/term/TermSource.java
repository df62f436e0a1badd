package dev.pier.erlang.term;

/// A Java object with a term of its own: as an argument, in a message, or as a part of one, it is written as that term.
///
/// *Threads.* An implementation must be safe for the threads that send it.
public interface TermSource {
    /// The term of this object.
    Term toTerm();
}
