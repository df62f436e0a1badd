package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Maps a record to a tuple of its components, in their order, instead of a map.
///
/// ```java
/// @AsTuple("point") record Point(int x, int y) {}   // {point,1,2}
/// @AsTuple record Range(int from, int to) {}        // {1,9}
/// ```
///
/// A sealed interface whose records have different tags is read by the tag, as Erlang's `{ok,V} | {error,R}`:
///
/// ```java
/// sealed interface Found {}
/// @AsTuple("ok") record Hit(User user) implements Found {}
/// @AsTuple("error") record Miss(String reason) implements Found {}
/// ```
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface AsTuple {
    /// The atom that the tuple begins with. Default (empty): none.
    String value() default "";
}
