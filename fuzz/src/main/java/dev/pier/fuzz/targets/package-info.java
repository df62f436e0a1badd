/// The parts of Pier that read input from others.
@NullMarked
package dev.pier.fuzz.targets;

import org.jspecify.annotations.NullMarked;
