package dev.pier.erlang.served;

import dev.pier.erlang.Raised;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Maps Java exceptions onto Erlang exceptions. Pure.
///
/// The stack trace that Erlang gets has one frame: the called function, with the file and line where the
/// application's code failed. It has no names of Java classes and methods, because they would become atoms on the
/// caller's node, and atoms are never freed.
final class ExceptionMapping {
    /// In characters.
    private static final int MAX_MESSAGE_LENGTH = 10_000;

    /// Beginnings of the names of classes that stand in stack traces between an application's code and its caller.
    private static final List<String> INFRASTRUCTURE = List.of(
            Raised.class.getName(),
            EncodedArguments.class.getName(),
            ExposedMethods.class.getName(),
            Invocation.class.getName(),
            SpawnedCall.class.getName(),
            ServedSpawns.class.getName(),
            CallLimiter.class.getName(),
            Rex.class.getName(),
            "dev.pier.erlang.etf.",
            "dev.pier.erlang.jackson.",
            "tools.jackson.");

    private ExceptionMapping() {}

    /// @param arity the number of arguments of the call
    static FunctionResult of(Throwable thrown, Atom module, Atom function, int arity) {
        return switch (thrown) {
            case Raised raised -> raised(raised, frames(thrown, module, function, arity));
            case RemoteThrow remote -> new FunctionResult.Thrown(remote.reason());
            case RemoteExit remote -> new FunctionResult.Exited(remote.reason());
            case RemoteError remote -> new FunctionResult.Failed(remote.reason(), remote.erlangStackTrace());
            case UnsupportedByPeer _ ->
                new FunctionResult.Failed(WellKnownAtoms.NOTSUP, frames(thrown, module, function, arity));
            default ->
                new FunctionResult.Failed(
                        Tuple.of(
                                WellKnownAtoms.JAVA_EXCEPTION,
                                text(thrown.getClass().getName()),
                                text(thrown.getMessage())),
                        frames(thrown, module, function, arity));
        };
    }

    /// Whether the log must report it. Exceptions by which a function answers its caller are no faults.
    static boolean isFault(Throwable thrown) {
        return switch (thrown) {
            case Raised _, RemoteThrow _, RemoteExit _, RemoteError _ -> false;
            default -> true;
        };
    }

    /// An argument is not of the type that the function asks for.
    static FunctionResult mismatch(UnexpectedTerm thrown, Atom module, Atom function, int arity) {
        return new FunctionResult.Failed(
                Tuple.of(Atoms.BADARG, text(thrown.getMessage())), frames(thrown, module, function, arity));
    }

    private static FunctionResult raised(Raised raised, Term frames) {
        return switch (raised.kind()) {
            case THROW -> new FunctionResult.Thrown(raised.reason());
            case EXIT -> new FunctionResult.Exited(raised.reason());
            case ERROR -> new FunctionResult.Failed(raised.reason(), frames);
        };
    }

    private static Term frames(Throwable thrown, Atom module, Atom function, int arity) {
        for (StackTraceElement element : thrown.getStackTrace()) {
            if (isOfApplication(element)) {
                return ListTerm.of(Tuple.of(module, function, IntegerTerm.of(arity), location(element)));
            }
        }
        return ListTerm.of(Tuple.of(module, function, IntegerTerm.of(arity), ListTerm.EMPTY));
    }

    private static boolean isOfApplication(StackTraceElement element) {
        String module = element.getModuleName();
        boolean platform = module != null && (module.startsWith("java.") || module.startsWith("jdk."));
        return !platform && INFRASTRUCTURE.stream().noneMatch(element.getClassName()::startsWith);
    }

    private static Term location(StackTraceElement element) {
        String file = element.getFileName();
        if (file == null || element.getLineNumber() <= 0) {
            return ListTerm.EMPTY;
        }
        return ListTerm.of(
                Tuple.of(Atoms.FILE, ListTerm.ofBytes(Binary.of(file.getBytes(StandardCharsets.UTF_8)))),
                Tuple.of(Atoms.LINE, IntegerTerm.of(element.getLineNumber())));
    }

    private static Binary text(@Nullable String message) {
        String text = message == null ? "" : message;
        // A lone surrogate becomes a question mark; as a string it would make the answer fail.
        return Binary.of((text.length() <= MAX_MESSAGE_LENGTH ? text : text.substring(0, MAX_MESSAGE_LENGTH) + "…")
                .getBytes(StandardCharsets.UTF_8));
    }
}
