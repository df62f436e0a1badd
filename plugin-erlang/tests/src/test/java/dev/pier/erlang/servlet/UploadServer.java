package dev.pier.erlang.servlet;

import dev.pier.erlang.Peer;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.SmallJvm;
import dev.pier.erlang.testing.Transcript;
import java.util.HexFormat;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// A program in a JVM of its own that gives uploads to `up:sha/1`. Its arguments are the peer's name, its port and the
/// cookie. It prints its HTTP port, and ends with its input.
final class UploadServer {
    private UploadServer() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server(0);
        try (NodeRuntime node = SmallJvm.node(args).start()) {
            Peer peer = node.peer("large");
            ServletContextHandler app = new ServletContextHandler("/");
            app.addServletContainerInitializer(new ErlangErrorsInitializer());
            Transcript.serve(
                    app,
                    "/sha",
                    (q, r) -> r.getWriter()
                            .print(HexFormat.of()
                                    .formatHex(peer.call("up", "sha", Upload.of(q, node))
                                            .as(byte[].class))));
            server.setHandler(app);
            server.start();
            System.out.println(((ServerConnector) server.getConnectors()[0]).getLocalPort());
            while (System.in.read() >= 0) {
                // The end of the input is the signal.
            }
        } finally {
            server.stop();
        }
    }
}
