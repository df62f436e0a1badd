package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A Pier with `OtpErlang.jar` added to its `lib` folder. The other tests of this module run without it.
class JInterfaceIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    Path folder;

    @Test
    void applicationsWithAndWithoutTheirOwnJarExchangeObjectsWithTheServer() throws Exception {
        Path otpErlang = Distribution.otpErlangJar();
        Path pier = Distribution.copyTo(folder.resolve("pier"));
        Files.copy(otpErlang, pier.resolve("lib/OtpErlang.jar"));

        Path home = folder.resolve("home");
        Path conf = RunningPier.writeConf(
                home,
                RunningPier.erlangSettings(
                        TestHost.nodeName(TestHost.uniqueName("pier")), erlang.cookieFile(), erlang.nodeName()));
        Path without = Distribution.compileAndPack("Objects", """
                import com.ericsson.otp.erlang.*;
                import dev.pier.erlang.Peer;
                import jakarta.annotation.Resource;
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                import java.io.IOException;

                @WebServlet("/*")
                public class Objects extends HttpServlet {
                    @Resource(name = "erlang/backend") Peer backend;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException {
                        OtpErlangList list = new OtpErlangList(
                                new OtpErlangObject[] {new OtpErlangAtom("ann"), new OtpErlangLong(1)});
                        OtpErlangTuple answer =
                                backend.call("erlang", "list_to_tuple", list).as(OtpErlangTuple.class);
                        response.getWriter().print(answer.elementAt(0) + " of " + answer);
                    }
                }
                """, home.resolve("webapps/without.jar"), otpErlang);
        Path libraries = Files.createDirectories(home.resolve("webapps/with/WEB-INF/lib"));
        Files.copy(without, libraries.resolve("objects.jar"));
        Files.copy(otpErlang, libraries.resolve("OtpErlang.jar"));

        try (PierProcess run = PierProcess.serving(pier.resolve("bin/pier"), home, conf)) {
            for (String application : new String[] {"without", "with"}) {
                HttpResponse<String> result = Await.value(
                        "a response of " + application,
                        () -> run.get("/" + application + "/"),
                        response -> response.statusCode() != 404 && response.statusCode() != 503);
                assertThat(result.body()).as(application).isEqualTo("ann of {ann,1}");
            }
        }
    }
}
