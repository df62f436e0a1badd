package dev.pier.server.sharedapi;

/// An interface of objects that a test plugin binds.
public interface Greeter {
    String greet();
}
