package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Writes a value, or each value of a collection, as the struct that Elixir has for it, instead of a text or a number.
/// Reading needs no annotation. [Elixir] has the structs, and writes values that are not properties.
///
/// ```java
/// record Booking(@AsStruct LocalDate day, String room) {}   // %{day: ~D[2026-01-02], room: "a"}
/// ```
@Documented
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface AsStruct {}
