package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Maps a record to a struct of Elixir: a map with the module's name under `__struct__`.
///
/// ```java
/// @ElixirStruct("MyApp.User") record User(String name, int age) {}   // %MyApp.User{name: "Ann", age: 30}
/// ```
///
/// Reading checks the name: a map without it, or with another one, is not accepted. A sealed interface whose records
/// are different structs is read by the name. Fields of the struct that are no components are ignored when it is
/// read, and missing when it is written.
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface ElixirStruct {
    /// The module that defines the struct, as Elixir writes it: `MyApp.User`.
    String value();
}
