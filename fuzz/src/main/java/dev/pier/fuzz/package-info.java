/// Mutation fuzzing: feeds altered inputs to the parts of Pier that read input from others, and reports each input
/// after which a part does something other than accept or refuse it.
@NullMarked
package dev.pier.fuzz;

import org.jspecify.annotations.NullMarked;
