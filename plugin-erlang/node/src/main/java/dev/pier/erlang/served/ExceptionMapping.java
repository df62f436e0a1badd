package dev.pier.erlang.served;

import dev.pier.erlang.Raised;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Java's exceptions as Erlang's. Pure.
///
/// The stack trace that Erlang sees has one frame: the function by the name that it was called by, with the file and
/// line where the application's own code failed. Names of classes and methods would become atoms there, for good.
final class ExceptionMapping {
    private static final int MAX_MESSAGE = 10_000;

    /// What stands in stack traces between an application's code and its caller.
    private static final List<String> OURS = List.of(
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

    /// @param arity how many arguments the call had
    static FunctionResult of(Throwable thrown, Atom module, Atom function, int arity) {
        return switch (thrown) {
            case Raised raised -> raised(raised, frames(thrown, module, function, arity));
            case RemoteThrow remote -> new FunctionResult.Thrown(remote.reason());
            case RemoteExit remote -> new FunctionResult.Exited(remote.reason());
            case RemoteError remote -> new FunctionResult.Failed(remote.reason(), remote.erlangStackTrace());
            default ->
                new FunctionResult.Failed(
                        Tuple.of(Atoms.JAVA_EXCEPTION, text(thrown.getClass().getName()), text(thrown.getMessage())),
                        frames(thrown, module, function, arity));
        };
    }

    /// Whether somebody has to look at it: what the function itself answers with is no fault.
    static boolean isFault(Throwable thrown) {
        return switch (thrown) {
            case Raised _, RemoteThrow _, RemoteExit _, RemoteError _ -> false;
            default -> true;
        };
    }

    /// An argument does not fit the type that the function asks for.
    static FunctionResult misfit(UnexpectedTerm thrown, Atom module, Atom function, int arity) {
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
            if (isApplications(element)) {
                return ListTerm.of(Tuple.of(module, function, IntegerTerm.of(arity), location(element)));
            }
        }
        return ListTerm.of(Tuple.of(module, function, IntegerTerm.of(arity), ListTerm.EMPTY));
    }

    private static boolean isApplications(StackTraceElement element) {
        String owner = element.getModuleName();
        boolean platform = owner != null && (owner.startsWith("java.") || owner.startsWith("jdk."));
        return !platform && OURS.stream().noneMatch(element.getClassName()::startsWith);
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
        // A lone surrogate becomes a question mark here, where it would make the answer fail.
        return Binary.of((text.length() <= MAX_MESSAGE ? text : text.substring(0, MAX_MESSAGE) + "…")
                .getBytes(StandardCharsets.UTF_8));
    }
}
