package dev.pier.server.plugin;

import dev.pier.server.config.Section;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A part of the server that is installed separately. The server finds implementations with
/// [java.util.ServiceLoader].
///
/// *Threads.* The server calls all methods on the thread that constructs, starts, reloads or stops it, never
/// two at a time.
///
/// *Lifecycle.* [#configure]; [#start], before any web application is deployed; [#reload], any number of
/// times, while the server is ready; [#stopping], when a ready server begins to stop, before its ports close;
/// [#stop], after the last web application has ended. If [#start] throws, the server does not start, and
/// [#stop] is called for this plugin too. `pier check` calls [#configure] and [#check] only. A reload also
/// makes a second instance and calls [#configure] of it, to check the changed file.
public interface ServerPlugin {
    /// The plugin's name, which is also the key of its section in `server.conf`. It never changes.
    String name();

    /// Reads and validates the plugin's section of `server.conf`, without side effects.
    ///
    /// Problems are reported to the section and do not throw. If any section has a problem, the server does not
    /// start.
    ///
    /// @param section an empty section if the file does not have it
    void configure(Section section);

    /// The names of the session stores that the plugin offers with its settings; none by default. Called after
    /// [#configure]. [#start] registers a store for each name, with [PluginContext#sessionStore].
    default Collection<String> sessionStores() {
        return List.of();
    }

    /// Reads a section `realms.<name>`, if it has a key that only realms of this plugin have. Called after
    /// [#configure], and after each [#reload], whose settings count then. Problems are reported to the
    /// section. A realm of a reload is opened before [PluginReload#apply], and asked for logins after it.
    ///
    /// @return what opens the realm; empty if the section is not of this plugin
    default Optional<Realm.Factory> realm(Section section) {
        return Optional.empty();
    }

    /// The commands that the plugin adds to `bin/pier`; none by default. Called on an instance that is neither
    /// configured nor started.
    default Collection<PluginCommand> commands() {
        return List.of();
    }

    /// Checks what a start needs beside the configuration, such as files that it names, without side effects.
    /// Does nothing by default.
    ///
    /// @throws Exception if the server could not start with this plugin; the operator sees the message as it
    ///     is, preceded by the plugin's name
    default void check() throws Exception {}

    /// Starts the plugin and registers what web applications and operators get from it.
    ///
    /// @throws Exception if the server cannot start with this plugin; the operator sees the message as it is,
    ///     preceded by the plugin's name
    void start(PluginContext context) throws Exception;

    /// Reads the plugin's section of a changed `server.conf` while the plugin runs, without side effects; the
    /// section is one that [#configure] of another instance has found valid. By default, all changes need a
    /// restart.
    ///
    /// @return takes up what the plugin can take up; empty if that is nothing
    /// @throws Exception if the settings cannot be taken up, such as for a missing file; then the reload
    ///     changes nothing at all, and the operator sees the message as it is, preceded by the plugin's name
    default Optional<PluginReload> reload(Section section) throws Exception {
        return Optional.empty();
    }

    /// The server begins to stop. Requests in flight may still finish within `http.shutdown-timeout`; endless
    /// streams should end now. Does nothing by default. An unchecked exception is logged and ignored.
    default void stopping() {}

    /// Releases everything. Must be idempotent and bounded in time. An unchecked exception is logged and
    /// ignored.
    void stop();
}
