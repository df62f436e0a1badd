/// What is made of results: JSON, records and terms out of bytes, beside what one writes with JInterface; and replies
/// larger than the memory that takes them.
@NullMarked
package dev.pier.bench.results;

import org.jspecify.annotations.NullMarked;
