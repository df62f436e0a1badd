/// The card Messenger: users of the Erlang messenger (`messenger.erl`) in browsers, each with its own process.
@NullMarked
package dev.pier.sample.messenger;

import org.jspecify.annotations.NullMarked;
