/// The card Messenger: users of the Erlang messenger (`messenger.erl`) in browsers.
@NullMarked
package dev.pier.sample.messenger;

import org.jspecify.annotations.NullMarked;
