package dev.pier.server.webapp;

/// An application cannot be deployed. The message is for its developer.
final class DeploymentException extends Exception {
    DeploymentException(String message) {
        super(message);
    }

    DeploymentException(String message, Throwable cause) {
        super(message, cause);
    }
}
