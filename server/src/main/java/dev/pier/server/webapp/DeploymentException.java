package dev.pier.server.webapp;

/// An application cannot be deployed as it is; the message is a sentence for whoever built it.
final class DeploymentException extends Exception {
    DeploymentException(String message) {
        super(message);
    }

    DeploymentException(String message, Throwable cause) {
        super(message, cause);
    }
}
