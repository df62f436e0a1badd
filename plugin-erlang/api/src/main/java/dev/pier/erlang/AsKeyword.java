package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Writes a record as a keyword list, as functions take their options, instead of a map. Components that are `null` are
/// left out. Reading needs no annotation: a keyword list is read as a record or a map.
///
/// ```java
/// @AsKeyword record Options(Integer timeout, Boolean retry) {}   // [timeout: 5000], which is [{timeout,5000}]
/// ```
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface AsKeyword {}
