/// Finding other nodes' ports and registering one's own (`erl_dist_protocol`, EPMD protocol).
@NullMarked
package dev.pier.erlang.epmd;

import org.jspecify.annotations.NullMarked;
