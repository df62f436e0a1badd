/// Code that Pier's own modules share. Not part of the API: it may change in any release.
@NullMarked
package dev.pier.erlang.internal;

import org.jspecify.annotations.NullMarked;
