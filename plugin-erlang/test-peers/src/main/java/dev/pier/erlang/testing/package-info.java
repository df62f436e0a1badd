/// What the tests with real nodes stand on: a real `erl` under the test's control ([ErlangPeer]), a peer played by hand
/// over a raw socket ([ScriptedPeer]), an EPMD of the tests' own ([TestEpmd]), and waiting with a deadline ([Await]).
///
/// Everything stays on the loopback interface, has names and ports of its own, and ends with the JVM.
@NullMarked
package dev.pier.erlang.testing;

import org.jspecify.annotations.NullMarked;
