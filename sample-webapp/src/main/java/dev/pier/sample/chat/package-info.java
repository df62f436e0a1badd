/// The card Chat: users of the Elixir chat (`elixir/lib/chat`) in browsers, each with its own node.
@NullMarked
package dev.pier.sample.chat;

import org.jspecify.annotations.NullMarked;
