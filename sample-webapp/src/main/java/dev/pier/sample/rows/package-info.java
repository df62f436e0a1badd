/// The card Stream: a million rows.
@NullMarked
package dev.pier.sample.rows;

import org.jspecify.annotations.NullMarked;
