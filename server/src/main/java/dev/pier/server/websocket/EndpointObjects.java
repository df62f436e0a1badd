package dev.pier.server.websocket;

/// Creates the objects of an application that its sockets need: endpoints, configurators, encoders and decoders. Their
/// fields are filled as those of servlets are.
///
/// *Threads.* Safe for all threads; an object is created on the thread that needs it.
public interface EndpointObjects {
    /// Checks that every field of a class can be filled.
    ///
    /// @throws Exception if a field cannot be filled, with a sentence for the developer
    void check(Class<?> type) throws Exception;

    /// Creates an object with the constructor without parameters, fills its fields, and calls its `@PostConstruct`
    /// method.
    ///
    /// @throws ReflectiveOperationException if there is no such public constructor, or it or the method throws
    <T> T create(Class<T> type) throws ReflectiveOperationException;

    /// Fills the fields of an object that the application has created itself.
    <T> T fill(T object);

    /// Ends an object that [#create] has created: calls its `@PreDestroy` method.
    void destroy(Object object);
}
