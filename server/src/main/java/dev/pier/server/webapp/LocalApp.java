package dev.pier.server.webapp;

import java.nio.file.Path;

/// An application of a program that embeds the server, anywhere in the file system. It is served beside those
/// in the webapps folder, and is deployed again when it changes, as they are.
///
/// @param contextPath where it is served: `/`, or `/shop` without a slash at the end
/// @param path a war, a plain jar, or a folder: with the layout of a war if it has a `WEB-INF`, and otherwise
///     of a plain jar, such as `target/classes`
public record LocalApp(String contextPath, Path path) {
    /// @throws IllegalArgumentException if the context path has another form
    public LocalApp {
        if (!contextPath.equals("/") && !contextPath.matches("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~@+-]+)+")) {
            throw new IllegalArgumentException("the context path '" + contextPath
                    + "' is neither / nor segments such as /shop; allowed are letters, digits and . _ ~ @ + -");
        }
        path = path.toAbsolutePath().normalize();
    }
}
