/// The external term format as a Jackson dataformat, organized like jackson-dataformat-cbor.
@NullMarked
package dev.pier.erlang.jackson;

import org.jspecify.annotations.NullMarked;
