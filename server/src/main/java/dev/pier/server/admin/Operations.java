package dev.pier.server.admin;

import dev.pier.server.plugin.AdminOperation;
import dev.pier.server.plugin.OperationException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The operations of the admin port, by path.
///
/// *Threads.* Safe for all threads.
public final class Operations {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]*");
    private static final int MAX_ARGUMENTS = 1024 * 1024;

    /// By path; a path that ends with a slash is that of all names below it.
    private final Map<String, AdminResource> resources = new ConcurrentHashMap<>();

    /// A resource and the name behind its path.
    record Found(AdminResource resource, String name) {}

    /// Adds a resource of the server.
    ///
    /// @param path with a slash at its end if the resource has names below it
    public void add(String path, AdminResource resource) {
        if (resources.putIfAbsent(path, resource) != null) {
            throw new IllegalArgumentException("the admin port has a resource " + path);
        }
    }

    /// Adds an operation of a plugin.
    ///
    /// @throws IllegalArgumentException if the name is not valid or taken
    public void add(String plugin, String name, AdminOperation operation) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("invalid name of an operation: " + name);
        }
        add("/plugins/" + plugin + "/" + name, new OfArguments(operation));
    }

    /// Adds an operation of the server, which is asked for by POST.
    public void add(String path, AdminOperation operation) {
        add(path, new OfArguments(operation));
    }

    /// The resource of a path as it is in the URL. Nothing is decoded or resolved, so only exact paths are found.
    Optional<Found> find(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        AdminResource exact = resources.get(path);
        if (exact != null) {
            return Optional.of(new Found(exact, name));
        }
        AdminResource parent = resources.get(path.substring(0, path.length() - name.length()));
        return parent == null || name.isEmpty() ? Optional.empty() : Optional.of(new Found(parent, name));
    }

    private record OfArguments(AdminOperation operation) implements AdminResource {
        @Override
        public Set<String> methods() {
            return Set.of("POST");
        }

        @Override
        public AdminAnswer answer(AdminRequest request) throws OperationException, IOException, InterruptedException {
            return new AdminAnswer(HttpStatus.OK_200, operation.run(arguments(request)));
        }

        private static Map<String, String> arguments(AdminRequest request) throws OperationException, IOException {
            byte[] body = request.body().readNBytes(MAX_ARGUMENTS + 1);
            if (body.length > MAX_ARGUMENTS) {
                throw new OperationException(
                        HttpStatus.PAYLOAD_TOO_LARGE_413, "The arguments have more than " + MAX_ARGUMENTS + " bytes");
            }
            Map<String, String> arguments = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> argument : object(body).properties()) {
                if (!argument.getValue().isString()) {
                    throw invalid();
                }
                arguments.put(argument.getKey(), argument.getValue().stringValue());
            }
            return arguments;
        }

        private static JsonNode object(byte[] body) throws OperationException {
            try {
                JsonNode json = body.length == 0
                        ? JsonMapper.shared().createObjectNode()
                        : JsonMapper.shared().readTree(body);
                if (json.isObject()) {
                    return json;
                }
            } catch (JacksonException _) {
                // Told as any other body that is not an object.
            }
            throw invalid();
        }

        private static OperationException invalid() {
            return new OperationException(HttpStatus.BAD_REQUEST_400, "The body is not a JSON object of texts");
        }
    }
}
