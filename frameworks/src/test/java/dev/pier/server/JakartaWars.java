package dev.pier.server;

import java.nio.file.Path;

/// Wars with implementations of Jakarta EE's specifications, and with a library for logs.
final class JakartaWars {
    private JakartaWars() {}

    static Archive weld(String version) {
        return Wars.war("weld", version)
                .source("app.Greeting", """
                        package app;
                        import jakarta.enterprise.context.*;
                        import jakarta.inject.*;
                        @RequestScoped
                        public class Greeting {
                            @Inject private Greeter greeter;
                            public String json() { return "{\\"text\\":\\"" + greeter.greet() + "\\"}"; }
                        }
                        """)
                .source("app.Visits", """
                        package app;
                        import jakarta.enterprise.context.*;
                        @SessionScoped
                        public class Visits implements java.io.Serializable {
                            private int visits;
                            public int next() { return ++visits; }
                        }
                        """)
                .source("app.Peers", """
                        package app;
                        import dev.pier.erlang.*;
                        import jakarta.enterprise.inject.*;
                        import jakarta.servlet.*;
                        public class Peers {
                            @Produces
                            public Peer backend(ServletContext context) {
                                return (Peer) context.getAttribute("erlang/backend");
                            }
                        }
                        """)
                .servlet("app.Hello", "/hello", "@Inject private Greeting greeting;", """
                        response.setContentType("application/json");
                        response.getWriter().print(greeting.json());
                        """)
                .servlet("app.Page", "/page", "@Inject private Greeter greeter;", """
                        response.setContentType("text/html");
                        response.getWriter().print("<h1>" + greeter.greet() + "</h1>");
                        """)
                .servlet("app.VisitsPage", "/visits", "@Inject private Visits visits;", """
                        response.getWriter().print(visits.next());
                        """)
                .servlet("app.PeerPage", "/peer", "@Inject private dev.pier.erlang.Peer backend;", """
                        response.getWriter().print(backend.call("users", "find", request.getParameter("name"))
                                .as(String.class));
                        """)
                .source("app.Upload", """
                        package app;
                        import jakarta.servlet.*;
                        import jakarta.servlet.annotation.*;
                        import jakarta.servlet.http.*;
                        @WebServlet("/upload")
                        @MultipartConfig
                        public class Upload extends HttpServlet {
                            @Override
                            protected void doPost(HttpServletRequest request, HttpServletResponse response)
                                    throws ServletException, java.io.IOException {
                                Part file = request.getPart("file");
                                response.getWriter().print(file.getSubmittedFileName() + " " + file.getSize());
                            }
                        }
                        """)
                .entry("WEB-INF/beans.xml", """
                        <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.1" bean-discovery-mode="all"/>
                        """);
    }

    static Archive jersey(String version) {
        return Wars.war("jersey", version).source("app.Api", """
                        package app;
                        import dev.pier.erlang.*;
                        import jakarta.servlet.*;
                        import jakarta.ws.rs.*;
                        import jakarta.ws.rs.core.*;
                        import org.glassfish.jersey.inject.hk2.*;
                        import org.glassfish.jersey.media.multipart.*;
                        import org.glassfish.jersey.server.*;
                        @ApplicationPath("/api")
                        public class Api extends ResourceConfig {
                            public Api(@Context ServletContext context) {
                                packages("app");
                                register(MultiPartFeature.class);
                                register(new AbstractBinder() {
                                    @Override
                                    protected void configure() {
                                        bind(Greeter.class).to(Greeter.class);
                                        bind((Peer) context.getAttribute("erlang/backend")).to(Peer.class);
                                    }
                                });
                            }
                        }
                        """).source("app.Hello", """
                        package app;
                        import dev.pier.erlang.*;
                        import jakarta.inject.*;
                        import jakarta.servlet.http.*;
                        import jakarta.ws.rs.*;
                        import jakarta.ws.rs.core.*;
                        import java.io.*;
                        import org.glassfish.jersey.media.multipart.*;
                        @Path("")
                        public class Hello {
                            @Inject private Greeter greeter;
                            @Inject private Peer backend;
                            @Context private HttpServletRequest request;
                            @GET
                            @Path("hello")
                            @Produces("application/json")
                            public String hello() { return "{\\"text\\":\\"" + greeter.greet() + "\\"}"; }
                            @GET
                            @Path("page")
                            @Produces("text/html")
                            public String page() { return "<h1>" + greeter.greet() + "</h1>"; }
                            @POST
                            @Path("upload")
                            @Consumes("multipart/form-data")
                            public String upload(
                                    @FormDataParam("file") InputStream content,
                                    @FormDataParam("file") FormDataContentDisposition file) throws IOException {
                                return file.getFileName() + " " + content.readAllBytes().length;
                            }
                            @GET
                            @Path("visits")
                            public String visits() {
                                HttpSession session = request.getSession();
                                Integer before = (Integer) session.getAttribute("visits");
                                int visits = before == null ? 1 : before + 1;
                                session.setAttribute("visits", visits);
                                return "" + visits;
                            }
                            @GET
                            @Path("peer")
                            public String peer(@QueryParam("name") String name) {
                                return backend.call("users", "find", name).as(String.class);
                            }
                        }
                        """);
    }

    /// The application's Logback has a thread of its own, which writes the file.
    static Archive logback(String version, Path log) {
        return Wars.war("logback", version)
                .servlet(
                        "app.Hello",
                        "/hello",
                        "private static final org.slf4j.Logger log = org.slf4j.LoggerFactory.getLogger(Hello.class);",
                        """
                        String text = new Greeter().greet();
                        log.info("Greeted by {}", text);
                        response.getWriter().print("{\\"text\\":\\"" + text + "\\"}");
                        """)
                .entry("WEB-INF/classes/logback.xml", """
                        <configuration>
                          <appender name="FILE" class="ch.qos.logback.core.FileAppender">
                            <file>%s</file>
                            <encoder>
                              <pattern>%%level %%logger: %%msg%%n</pattern>
                            </encoder>
                          </appender>
                          <appender name="THREAD" class="ch.qos.logback.classic.AsyncAppender">
                            <appender-ref ref="FILE"/>
                          </appender>
                          <root level="INFO">
                            <appender-ref ref="THREAD"/>
                          </root>
                        </configuration>
                        """.formatted(log));
    }
}
