package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The function or application at a path: the interface between HTTP and Erlang, and its Erlang side. Immutable.
public sealed interface Gateway {
    /// A function that gets the query, and whose result becomes JSON, for `GET`.
    static Gateway call(String module, String function) {
        return call(module, function, List.of("GET"));
    }

    /// A function for certain methods. `GET`, `HEAD` and `DELETE` call it with the query, all others with the
    /// query and the JSON body.
    ///
    /// @param methods such as `GET`, which includes `HEAD`; others get 405
    /// @throws IllegalArgumentException without a method
    static Gateway call(String module, String function, Collection<String> methods) {
        if (methods.isEmpty()) {
            throw new IllegalArgumentException("a mounted function needs a method");
        }
        Set<String> allowed = new TreeSet<>();
        methods.forEach(method -> allowed.add(method.toUpperCase(Locale.ROOT)));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        return new Call(module, function, Set.copyOf(allowed));
    }

    /// An EWGI application: `Module:Function(Context)`. The peer needs the modules `pier_ewgi`,
    /// `pier_mount` and `pier_stream`.
    static Gateway ewgi(String module, String function) {
        return ewgi(module, function, true);
    }

    /// The same.
    ///
    /// @param stripPath whether the path of the mount is `script_name`, and `path_info` what follows it; if
    ///     not, `script_name` is empty, and `path_info` the whole path
    static Gateway ewgi(String module, String function, boolean stripPath) {
        return new Ewgi(module, function, stripPath, false);
    }

    /// Callbacks of inets' `mod_esi`: `/esi/module:function?input` calls `module:function(SessionID, Env,
    /// Input)`. The peer needs the modules `pier_esi`, `pier_mount` and `pier_stream`, and OTP's
    /// application inets.
    ///
    /// @param modules the modules whose functions may be called
    /// @throws IllegalArgumentException without a module
    static Gateway esi(Collection<String> modules) {
        if (modules.isEmpty()) {
            throw new IllegalArgumentException("mod_esi needs a module that may be called");
        }
        return new Esi(List.copyOf(modules));
    }

    /// A listener of Cowboy 2 by its name in Ranch: an atom, a binary, or any other term as Erlang prints it. The
    /// peer needs the modules `pier_cowboy`, `pier_cowboy_socket`, `pier_mount` and `pier_stream`.
    static Gateway cowboy(String listener) {
        return cowboy(listener, true);
    }

    /// The same.
    ///
    /// @param stripPath whether the application's path is what follows that of the mount
    /// @throws IllegalArgumentException if the name is empty
    static Gateway cowboy(String listener, boolean stripPath) {
        if (listener.isEmpty()) {
            throw new IllegalArgumentException("a listener needs a name");
        }
        return new Cowboy(listener, 0, stripPath);
    }

    /// A listener of Cowboy 2 by its port on the peer.
    static Gateway cowboy(int port) {
        return cowboy(port, true);
    }

    /// The same.
    ///
    /// @param stripPath whether the application's path is what follows that of the mount
    /// @throws IllegalArgumentException if it cannot be a port
    static Gateway cowboy(int port, boolean stripPath) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(port + " is not a port");
        }
        return new Cowboy("", port, stripPath);
    }

    /// A plug of Elixir, such as a `Plug.Router` or a Phoenix endpoint, whose path begins after that of the mount. The
    /// peer needs the modules `pier_plug`, `pier_plug_socket`, `pier_mount` and `pier_stream`.
    ///
    /// @param module as Elixir writes it: `Shop.Router`
    /// @param options the argument of the plug's `init/1`: a literal, as Elixir writes it
    static Gateway plug(String module, String options) {
        return plug(module, options, true);
    }

    /// The same.
    ///
    /// @param stripPath whether the path of the mount is `script_name`, and `path_info` what follows it; if
    ///     not, `script_name` is empty, and `path_info` the whole path
    static Gateway plug(String module, String options, boolean stripPath) {
        boolean isElixir = !module.isEmpty() && Character.isUpperCase(module.charAt(0));
        return new Plug(
                isElixir && !module.startsWith(Plug.PREFIX) ? Plug.PREFIX + module : module, options, stripPath);
    }

    /// The functions of the peer that have to be there.
    List<Needed> needed();

    /// The modules of the peer that have to be there.
    default List<String> modules() {
        return needed().stream().map(Needed::module).distinct().toList();
    }

    /// A call that shows whether the application can be served: it returns `ok`, or `{error, Text}` with the reason.
    default Optional<Check> check() {
        return Optional.empty();
    }

    /// A function of the peer, and its arguments.
    record Check(String module, String function, List<Term> arguments) {}

    /// A function of the peer.
    record Needed(String module, String function, int arity) {
        @Override
        public String toString() {
            return module + ":" + function + "/" + arity;
        }
    }

    /// A function that is called with the query, or with the query and a JSON body: [#call(String, String,
    /// Collection)].
    ///
    /// @param methods in upper case
    record Call(String module, String function, Set<String> methods) implements Gateway {
        private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE");

        /// Whether the function gets the body of a request with this method.
        static boolean hasBody(String method) {
            return !WITHOUT_BODY.contains(method);
        }

        @Override
        public List<Needed> needed() {
            return methods.stream()
                    .map(method -> hasBody(method) ? 2 : 1)
                    .distinct()
                    .sorted()
                    .map(arity -> new Needed(module, function, arity))
                    .toList();
        }

        @Override
        public String toString() {
            return "call " + module + ":" + function;
        }
    }

    /// An EWGI application: [#ewgi(String, String, boolean)].
    ///
    /// @param rawPath whether the path info is as the client has sent it, and not decoded
    record Ewgi(String module, String function, boolean stripPath, boolean rawPath) implements Gateway {
        @Override
        public List<Needed> needed() {
            return List.of(
                    new Needed("pier_stream", "last", 2),
                    new Needed("pier_mount", "parts", 2),
                    new Needed("pier_ewgi", "serve", 4),
                    new Needed(module, function, 1));
        }

        @Override
        public String toString() {
            return "ewgi " + module + ":" + function;
        }
    }

    /// Callbacks of `mod_esi`: [#esi(Collection)].
    ///
    /// @param callable the modules whose functions may be called
    record Esi(List<String> callable) implements Gateway {
        @Override
        public List<Needed> needed() {
            return List.of(
                    new Needed("pier_stream", "last", 2),
                    new Needed("pier_mount", "parts", 2),
                    new Needed("pier_esi", "serve", 3));
        }

        @Override
        public List<String> modules() {
            return Stream.of(Stream.of("pier_stream", "pier_mount", "pier_esi", "mod_esi"), callable.stream())
                    .flatMap(names -> names)
                    .toList();
        }

        @Override
        public String toString() {
            return "esi " + String.join(", ", callable);
        }
    }

    /// A listener of Cowboy: [#cowboy(String)] or [#cowboy(int)].
    ///
    /// @param listener its name; empty if it is chosen by the port
    /// @param port its port; 0 if it is chosen by the name
    record Cowboy(String listener, int port, boolean stripPath) implements Gateway {
        /// The listener as `pier_cowboy` takes it: its name or its port.
        Term selector() {
            return listener.isEmpty() ? IntegerTerm.of(port) : Binary.of(listener.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public List<Needed> needed() {
            return List.of(
                    new Needed("pier_stream", "last", 2),
                    new Needed("pier_mount", "run", 2),
                    new Needed("pier_cowboy_socket", "run", 3),
                    new Needed("pier_cowboy", "serve", 3));
        }

        @Override
        public Optional<Check> check() {
            return Optional.of(new Check("pier_cowboy", "check", List.of(selector())));
        }

        @Override
        public String toString() {
            return listener.isEmpty() ? "cowboy on port " + port : "cowboy " + listener;
        }
    }

    /// A plug: [#plug(String, String, boolean)].
    ///
    /// @param module the name of the module for Erlang: `Elixir.Shop.Router`
    record Plug(String module, String options, boolean stripPath) implements Gateway {
        private static final String PREFIX = "Elixir.";

        /// The arguments that name the plug.
        List<Term> arguments() {
            return List.of(Atom.of(module), Binary.of(options));
        }

        @Override
        public List<Needed> needed() {
            return List.of(
                    new Needed("pier_stream", "last", 2),
                    new Needed("pier_mount", "run", 3),
                    new Needed("pier_plug_socket", "run", 4),
                    new Needed("pier_plug", "serve", 4),
                    new Needed("Elixir.Plug.Conn.Adapter", "conn", 5),
                    new Needed(module, "init", 1),
                    new Needed(module, "call", 2));
        }

        @Override
        public Optional<Check> check() {
            return Optional.of(new Check("pier_plug", "prepare", arguments()));
        }

        @Override
        public String toString() {
            return "plug " + (module.startsWith(PREFIX) ? module.substring(PREFIX.length()) : module);
        }
    }
}
