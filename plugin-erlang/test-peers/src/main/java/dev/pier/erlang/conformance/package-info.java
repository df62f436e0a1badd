/// Names of the protocol documents' sections, for tests that show what they say.
@NullMarked
package dev.pier.erlang.conformance;

import org.jspecify.annotations.NullMarked;
