package dev.pier.server.plugin;

import dev.pier.server.config.Section;

/// A part of the server that is not the server's own business. Found by [java.util.ServiceLoader].
///
/// The order of calls, all on the server's start or stop thread: [#configure], [#start] before any web application is
/// deployed; [#stopping] when the server stops accepting requests, [#stop] after the last web application has ended.
/// A plugin whose [#start] throws stops the server's start; its [#stop] is called then as well.
public interface ServerPlugin {
    /// The plugin's name, which is also the key of its section in `server.conf`.
    String name();

    /// Reads and checks the plugin's section of `server.conf`, without touching anything outside. Problems are
    /// reported to the section, all at once; the server refuses to start if there are any.
    void configure(Section section);

    /// Starts the plugin and says what web applications may have of it.
    ///
    /// @throws Exception if the server cannot start like this; the message is shown to the operator as it is
    void start(PluginContext context) throws Exception;

    /// The server begins to stop: requests in flight still end, streams without an end should do so now.
    default void stopping() {}

    /// Ends everything. Idempotent, and bounded in time.
    void stop();
}
