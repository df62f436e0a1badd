package dev.pier.erlang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Writes a `String`, or each `String` of a collection, as an atom instead of a binary. Reading needs no annotation.
///
/// The hazard: an Erlang node never forgets an atom. Put this on names that the program knows (a module, a table, an
/// option), never on what a user typed; for those an enum or [dev.pier.erlang.term.Atom] is mostly better.
@Documented
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
public @interface AsAtom {}
