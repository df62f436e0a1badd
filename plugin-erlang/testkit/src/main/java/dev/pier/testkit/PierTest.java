package dev.pier.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs the tests of a class against an application in a Pier of its own, on free ports of the loopback
/// interface.
///
/// ```java
/// @PierTest(webapp = "target/classes")
/// class UsersTest {
///     @Test
///     void findsAUser(PierClient client, @ErlangPeer("backend") FakeErlang backend) {
///         backend.when("users", "find", "joe").returns(Map.of("name", "Joe"));
///         assertThat(client.get("/users?id=joe").json().at("/name").asString()).isEqualTo("Joe");
///     }
/// }
/// ```
///
/// Methods and constructors can have parameters of these types: [PierClient]; [FakeErlang] and [RealErlang]
/// with [ErlangPeer]; and [dev.pier.embedded.Pier].
///
/// *Threads.* Classes can run in parallel; they share nothing but an EPMD, in which each has names of its own.
/// The tests of one class share its nodes, so they run one after the other.
///
/// *Lifecycle.* The nodes and Pier start before the first test of the class and stop after the last one. All
/// its fake nodes are connected when a test begins, and have no rules.
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(PierExtension.class)
public @interface PierTest {
    /// The application: a folder of classes, a war, a jar or an unpacked war.
    String webapp() default "target/classes";

    /// The path at which it is served.
    String path() default "/";

    /// Settings of `server.conf`, each as `key = value`: `"http.max-form = 1000"`.
    String[] settings() default {};
}
