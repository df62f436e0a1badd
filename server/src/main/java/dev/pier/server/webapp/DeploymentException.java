package dev.pier.server.webapp;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xml.sax.SAXParseException;

/// An application cannot be deployed. The message is for its developer: one line, because names from an archive and
/// messages of an application become part of it.
final class DeploymentException extends Exception {
    private static final int MAX_LENGTH = 1000;

    /// Exceptions can form a cycle of causes.
    private static final int MAX_CAUSES = 100;

    private static final Pattern LINE_BREAKERS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

    DeploymentException(String message) {
        this(message, null);
    }

    DeploymentException(String message, @Nullable Throwable cause) {
        super(oneLine(message), cause);
    }

    /// The failure of a deployment in which anything was thrown: by the application, or because of it.
    static DeploymentException of(Throwable thrown) {
        if (thrown instanceof DeploymentException failure) {
            return failure;
        }
        try {
            // The log will do the same. An application's own exceptions can fail even here.
            thrown.printStackTrace(new PrintWriter(Writer.nullWriter()));
            Throwable root = rootOf(thrown);
            return root instanceof DeploymentException failure
                    ? new DeploymentException(String.valueOf(failure.getMessage()), thrown)
                    : new DeploymentException(describe(root), thrown);
        } catch (Throwable broken) {
            return new DeploymentException(thrown.getClass().getName() + ", whose text cannot be read: it throws "
                    + broken.getClass().getName());
        }
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        for (int i = 0; i < MAX_CAUSES; i++) {
            Throwable cause = root.getCause();
            if (cause == null || root instanceof DeploymentException) {
                break;
            }
            root = cause;
        }
        return root;
    }

    private static String describe(Throwable root) {
        if (root instanceof jakarta.websocket.DeploymentException && root.getMessage() != null) {
            return root.getMessage();
        }
        String message = root.getMessage() == null ? "" : ": " + root.getMessage();
        return root instanceof SAXParseException e
                ? "malformed descriptor, line " + e.getLineNumber() + ", column " + e.getColumnNumber() + message
                : root.getClass().getSimpleName() + message;
    }

    private static String oneLine(String text) {
        String shortened = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        return LINE_BREAKERS
                .matcher(shortened)
                .replaceAll(
                        breaker -> "\\\\u%04x".formatted((int) breaker.group().charAt(0)));
    }
}
