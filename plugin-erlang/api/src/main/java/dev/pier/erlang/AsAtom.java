package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Writes a `String`, or each `String` of a collection, as an atom instead of a binary. Reading needs no
/// annotation.
///
/// Hazard: an Erlang node never frees an atom, and its atom table is limited. Annotate names that the program fixes
/// (a module, a table, an option), never data that a user sends. For fixed names an enum or
/// [dev.pier.erlang.term.Atom] is mostly better.
@Documented
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface AsAtom {}
