/// The card Guest book: rows in Mnesia.
@NullMarked
package dev.pier.sample.guestbook;

import org.jspecify.annotations.NullMarked;
