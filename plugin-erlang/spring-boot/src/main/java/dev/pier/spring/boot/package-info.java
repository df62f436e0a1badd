/// Pier in a Spring Boot application: `pier.erlang` in `application.yml` becomes an Erlang node, whose peers are
/// beans.
///
/// ```java
/// @RestController
/// class Users {
///     private final Peer backend;
///
///     Users(@Qualifier("backend") Peer backend) {
///         this.backend = backend;
///     }
/// }
/// ```
///
/// [dev.pier.spring.boot.ErlangListener] marks methods that receive messages. Beans of classes with
/// [dev.pier.erlang.ErlangModule] are called by Erlang, and beans that are a [dev.pier.erlang.GenServer] are
/// registered under their names.
@NullMarked
package dev.pier.spring.boot;

import org.jspecify.annotations.NullMarked;
