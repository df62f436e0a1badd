package dev.pier.server.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The files of the admin port's page, which ask the port for everything that they show.
///
/// *Threads.* Safe for all threads.
public final class AdminPage {
    /// Only files of the port itself, no inline scripts, and no text that becomes HTML.
    static final String POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'");

    private static final String FOLDER = "/page/";
    private static final String START = "index.html";
    private static final String PLUGINS = "/page/plugins/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    /// Every file of the resource folder `page`: only names in this list are looked up.
    private static final List<String> NAMES = List.of(
            START,
            "style.css",
            "icon.svg",
            "app.js",
            "dom.js",
            "text.js",
            "table.js",
            "plot.js",
            "port.js",
            "theme.js",
            "overview.js",
            "applications.js",
            "failures.js",
            "log.js",
            "settings.js");

    /// @param type its media type
    record File(String content, String type) {}

    private final Map<String, File> files;
    private final Map<String, File> scripts = new ConcurrentSkipListMap<>();

    public AdminPage() {
        files = NAMES.stream().collect(Collectors.toUnmodifiableMap(name -> FOLDER + name, AdminPage::read));
    }

    private static File read(String name) {
        try (InputStream in = Objects.requireNonNull(AdminPage.class.getResourceAsStream("page/" + name), name)) {
            return new File(new String(in.readAllBytes(), StandardCharsets.UTF_8), type(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String type(String name) {
        return switch (name.substring(name.indexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> SCRIPT;
        };
    }

    /// Adds the script of a plugin.
    ///
    /// @throws IllegalStateException if the plugin has one already
    public void add(String plugin, String script) {
        if (scripts.putIfAbsent(plugin + ".js", new File(script, SCRIPT)) != null) {
            throw new IllegalStateException("a script for the page is already registered by plugin " + plugin);
        }
    }

    /// The file at a path as it is in the URL; null if the page has no such file.
    @Nullable
    File find(String path) {
        if (path.equals("/")) {
            return files.get(FOLDER + START);
        }
        if (path.equals("/page/plugins.json")) {
            return new File(JsonMapper.shared().writeValueAsString(scripts.keySet()), "application/json");
        }
        return path.startsWith(PLUGINS) ? scripts.get(path.substring(PLUGINS.length())) : files.get(path);
    }
}
