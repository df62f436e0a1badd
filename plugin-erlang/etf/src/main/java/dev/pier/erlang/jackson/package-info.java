/// The external term format as a Jackson dataformat, laid out as jackson-dataformat-cbor is.
@NullMarked
package dev.pier.erlang.jackson;

import org.jspecify.annotations.NullMarked;
