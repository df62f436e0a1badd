/// The card Call me: what Erlang calls and sends here.
@NullMarked
package dev.pier.sample.callme;

import org.jspecify.annotations.NullMarked;
