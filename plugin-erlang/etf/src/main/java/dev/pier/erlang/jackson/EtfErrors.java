package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.BadBody;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Term;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.MismatchedInputException;

/// Translates Jackson's exceptions to Pier's, with the path to the place. Pure.
public final class EtfErrors {
    private static final Pattern MISSING = Pattern.compile("^Missing required creator property '([^']+)'");
    private static final int LONGEST_NAME = 40;
    private static final int LONGEST_PART = 80;

    private EtfErrors() {}

    public static RuntimeException reading(RuntimeException e, EtfParser parser) {
        ErlangException own = findErlangException(e);
        if (own instanceof UnexpectedTerm) {
            return unexpected(parser, String.valueOf(own.getMessage()), e);
        }
        if (own != null) {
            return own;
        }
        return switch (e) {
            case StreamConstraintsException _ -> new MalformedTerm(original(e), e);
            case JacksonIOException _ -> e;
            case MismatchedInputException mismatch ->
                unexpected(parser, mismatch(mismatch, mismatch.getTargetType(), parser), e);
            case InputCoercionException coercion ->
                unexpected(parser, mismatch(coercion, coercion.getTargetType(), parser), e);
            case JacksonException _ -> unexpected(parser, original(e), e);
            default -> e;
        };
    }

    /// @return a [PathException], unless the failure is of another kind
    public static RuntimeException writing(RuntimeException e, TokenStreamContext context) {
        ErlangException own = findErlangException(e);
        if (own instanceof BadArgument) {
            return PathException.at(path(context), String.valueOf(own.getMessage()), e);
        }
        if (own instanceof BadBody) {
            return own;
        }
        return switch (e) {
            case JacksonIOException _ -> e;
            case JacksonException _ -> PathException.at(path(context), original(e), e);
            default -> e;
        };
    }

    private static @Nullable ErlangException findErlangException(Throwable e) {
        Throwable cause = e;
        while (cause != null) {
            if (cause instanceof ErlangException own) {
                return own;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static String mismatch(JacksonException e, @Nullable Class<?> target, EtfParser parser) {
        JsonToken token = parser.lastToken();
        String sentence = original(e);
        Matcher missing = MISSING.matcher(sentence);
        if (missing.find()) {
            return "expected a key " + missing.group(1) + ", got " + parser.summary();
        }
        // At the end of an array or object, the problem is not a single value.
        if (target == null || token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
            return sentence;
        }
        String wanted = expected(target);
        if (wanted.equals("integer") && token == JsonToken.VALUE_NUMBER_INT) {
            wanted = "integer that fits into " + target.getSimpleName();
        }
        return "expected " + wanted + ", got " + parser.summary();
    }

    /// Jackson's message without its advice on Jackson's settings.
    private static String original(RuntimeException e) {
        String message = e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage();
        String sentence = String.valueOf(message);
        int advice = sentence.indexOf(" (set ");
        return advice < 0 ? sentence : sentence.substring(0, advice);
    }

    /// The Erlang name of the term from which a type is read.
    public static String expected(Type type) {
        if (!(type instanceof Class<?> c)) {
            return type.getTypeName();
        }
        Optional<TupleShape> tuple = TupleShape.of(c);
        if (tuple.isPresent()) {
            return "tuple " + tuple.get().pattern();
        }
        if (CharSequence.class.isAssignableFrom(c) || c == byte[].class || c == ByteBuffer.class) {
            return "binary";
        }
        if (c == boolean.class || c == Boolean.class) {
            return "true or false";
        }
        if (c == double.class || c == Double.class || c == float.class || c == Float.class) {
            return "float";
        }
        if (c.isPrimitive() || (Number.class.isAssignableFrom(c) && c != BigDecimal.class)) {
            return "integer";
        }
        if (Map.class.isAssignableFrom(c) || (c.isRecord() && !Term.class.isAssignableFrom(c))) {
            return "map";
        }
        if (Collection.class.isAssignableFrom(c) || c.isArray()) {
            return "list";
        }
        return c.isEnum() ? constants(c) : other(c);
    }

    private static String other(Class<?> c) {
        if (Term.class.isAssignableFrom(c)) {
            return c.getSimpleName().toLowerCase(Locale.ROOT).replace("term", "");
        }
        return c.getName().startsWith("java.") ? c.getSimpleName() : "map";
    }

    private static String constants(Class<?> c) {
        var names = new StringJoiner(" or ", "atom ", "");
        for (Object constant : c.getEnumConstants()) {
            names.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT));
        }
        return names.toString();
    }

    private static UnexpectedTerm unexpected(EtfParser parser, String problem, RuntimeException cause) {
        return new UnexpectedTerm(located(path(parser.streamReadContext()), problem), cause);
    }

    /// The path and the problem; the middle of a very long path is omitted.
    static String located(String path, String problem) {
        String shown = path.startsWith(".") ? path.substring(1) : path;
        if (shown.length() > 2 * LONGEST_PART) {
            shown = shown.substring(0, LONGEST_PART) + "…" + shown.substring(shown.length() - LONGEST_PART);
        }
        return shown.isEmpty() ? problem : shown + ": " + problem;
    }

    /// The path to the context's current place: `[3].name`.
    private static String path(TokenStreamContext context) {
        var path = new StringBuilder();
        for (TokenStreamContext c = context; c != null; c = c.getParent()) {
            path.insert(0, segment(c));
        }
        return path.toString();
    }

    private static String segment(TokenStreamContext context) {
        if (context.inArray()) {
            return context.hasCurrentIndex() ? "[" + context.getCurrentIndex() + "]" : "";
        }
        String name = context.inObject() ? context.currentName() : null;
        return name == null ? "" : "." + key(name);
    }

    public static String key(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }
}
