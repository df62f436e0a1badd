package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Writes a `String`, or each `String` of a collection, as a list of code points, Erlang's `"text"`, instead of a
/// binary. Reading needs no annotation. For a value that is not a property, use [Charlist].
@Documented
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface AsCharlist {}
