/// The card Call me: calls and messages from Erlang to this application.
@NullMarked
package dev.pier.sample.callme;

import org.jspecify.annotations.NullMarked;
