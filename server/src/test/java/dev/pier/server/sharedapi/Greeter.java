package dev.pier.server.sharedapi;

/// What a plugin may offer to applications.
public interface Greeter {
    String greet();
}
