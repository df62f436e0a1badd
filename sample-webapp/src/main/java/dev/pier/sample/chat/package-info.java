/// The card Chat: users of the Elixir chat (`elixir/lib/chat`) in browsers, each with a node of its own.
@NullMarked
package dev.pier.sample.chat;

import org.jspecify.annotations.NullMarked;
