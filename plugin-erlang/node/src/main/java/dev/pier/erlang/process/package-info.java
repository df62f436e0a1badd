/// What Erlang sees of this node's processes: the process table, signals, process links, monitors and exit reasons.
@NullMarked
package dev.pier.erlang.process;

import org.jspecify.annotations.NullMarked;
