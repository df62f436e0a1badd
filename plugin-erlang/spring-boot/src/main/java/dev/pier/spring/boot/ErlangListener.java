package dev.pier.spring.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method of a bean that receives the messages of a registered process.
///
/// ```java
/// @ErlangListener("orders")
/// void ordered(Order order) { … }          // {orders, 'shop@host'} ! #{id => 4711, count => 2}
/// ```
///
/// The message is converted to the type of the parameter, as a reply is. A parameter of the type
/// [dev.pier.erlang.Message] gets it as it is, one of [dev.pier.erlang.term.Term] as a term. A further parameter
/// of the type [dev.pier.erlang.ErlangProcess] gets the process itself, for answers. The method returns nothing.
///
/// *Threads.* One message at a time, in their order, on a virtual thread that may block. An exception is logged,
/// also that of a message which does not fit the parameter, and the process goes on with the next message.
///
/// *Lifecycle.* The process is registered before the web server starts. When the application stops, the message
/// that is being handled is finished first.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ErlangListener {
    /// The name under which the process is registered; no other process of the node may have it.
    String value();
}
