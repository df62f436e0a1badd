package dev.pier.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Makes a parameter of a [PierTest] a peer of the Pier under test: a [FakeErlang] or a [RealErlang].
/// Applications get it by `@Resource(name = "erlang/<name>")`. Parameters with the same name are the same node.
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface ErlangPeer {
    /// The name of the peer, as in `erlang.peers.<name>` of `server.conf`.
    String value();
}
