package dev.pier.testkit;

import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A real Erlang node as a peer of a [PierTest]. It needs `erl` on the PATH: without it, the tests of the class
/// are aborted, or fail with `-Dpier.test.erlang=required`.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* Runs for all tests of a class; modules that are compiled stay.
public final class RealErlang {
    private final ErlangPeer node;

    RealErlang(ErlangPeer node) {
        this.node = node;
    }

    /// The full node name.
    public String nodeName() {
        return node.nodeName();
    }

    /// Evaluates expressions, as the shell does; the full stop at the end is not needed.
    ///
    /// @return the value of the last one
    /// @throws AssertionError if they cannot be parsed, or fail
    public Term eval(String expressions) {
        return node.evalTerm(expressions);
    }

    /// Compiles a module and loads it.
    ///
    /// @param source the file `<module>.erl`
    /// @throws AssertionError if it cannot be compiled
    public RealErlang compile(Path source) {
        try {
            return compile(Files.readString(source));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the module", e);
        }
    }

    /// Compiles a module and loads it.
    ///
    /// @param source the text of the module
    /// @throws AssertionError if it cannot be compiled
    public RealErlang compile(String source) {
        String _ = node.compile(source);
        return this;
    }

    /// Kills the node, with SIGKILL.
    public void kill() {
        node.kill();
    }

    /// The output of the node, with its log, since the test began.
    public String log() {
        return node.log();
    }
}
