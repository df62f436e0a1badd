package dev.pier.server.plugin;

/// Changed settings of a running plugin, as [ServerPlugin#reload] has read and checked them.
///
/// *Threads.* As [ServerPlugin].
public interface PluginReload {
    /// Whether [#apply] takes up the changes of a setting. All others are named as those that need a restart.
    ///
    /// @param key the whole key, such as `mail.session.timeout`
    boolean takesUp(String key);

    /// Takes the settings up. Called once at most, after all parts of the server have checked theirs: if one
    /// refuses, the server drops this object, and nothing has changed. May use the [PluginContext] of the
    /// start; applications that are deployed from then on get what it has then. Must neither fail nor wait
    /// for another system.
    void apply();
}
