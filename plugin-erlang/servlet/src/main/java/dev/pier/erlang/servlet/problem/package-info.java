/// The text of problem details, for the packages of this module.
@NullMarked
package dev.pier.erlang.servlet.problem;

import org.jspecify.annotations.NullMarked;
