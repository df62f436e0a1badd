package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Makes a record a tuple of its components, in their order, instead of a map.
///
/// ```java
/// @AsTuple("point") record Point(int x, int y) {}   // {point,1,2}
/// @AsTuple record Range(int from, int to) {}        // {1,9}
/// ```
///
/// A sealed interface whose records carry different tags is read by the tag, as Erlang's `{ok,V} | {error,R}` is:
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
    /// The atom that the tuple begins with; none where this is empty.
    String value() default "";
}
