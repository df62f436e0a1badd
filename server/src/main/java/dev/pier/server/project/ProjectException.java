package dev.pier.server.project;

/// A project that cannot be made as it was asked for. The message is one sentence for the command line.
public final class ProjectException extends Exception {
    private static final long serialVersionUID = 1L;

    ProjectException(String message) {
        super(message);
    }
}
