package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a method that Erlang may call after [ErlangNode#expose(Object)] with its object.
///
/// ```java
/// @ErlangModule("accounts")
/// final class Accounts {
///     @Exposed long balance(String account) { … }          // accounts:balance(<<"4711">>)
///     @Exposed("history") List<Entry> entries(String account, Range range) { … }
/// }
/// ```
///
/// Arguments and result are mapped as those of [Peer#call] are. Methods of one name differ by their number of
/// parameters, as functions in Erlang do.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Exposed {
    /// The name of the function; if empty, that of the method.
    String value() default "";
}
