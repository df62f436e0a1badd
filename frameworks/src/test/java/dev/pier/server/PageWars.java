package dev.pier.server;

/// Wars with Javalin, with Wicket, and with JSPs.
final class PageWars {
    private PageWars() {}

    /// Javalin's servlet runs within a servlet of the application, without Javalin's own server.
    static Archive javalin(String version) {
        return Wars.war("javalin", version).source("app.Web", """
                        package app;
                        import dev.pier.erlang.*;
                        import io.javalin.*;
                        import io.javalin.config.*;
                        import io.javalin.http.*;
                        import io.javalin.json.*;
                        import jakarta.annotation.*;
                        import jakarta.servlet.*;
                        import jakarta.servlet.annotation.*;
                        import jakarta.servlet.http.*;
                        @WebServlet("/*")
                        public class Web extends HttpServlet {
                            public record Greeting(String text) {}
                            private static final Key<Peer> BACKEND = new Key<>("backend");
                            @Resource(name = "erlang/backend") private Peer backend;
                            private Servlet javalin;
                            @Override
                            public void init() throws ServletException {
                                Greeter greeter = new Greeter();
                                javalin = Javalin.create(config -> {
                                    config.startup.showJavalinBanner = false;
                                    config.startup.startupWatcherEnabled = false;
                                    config.jsonMapper(new JavalinGson());
                                    config.appData(BACKEND, backend);
                                    config.routes
                                            .get("/hello", context -> context.json(new Greeting(greeter.greet())))
                                            .get("/page", context -> context.html("<h1>" + greeter.greet() + "</h1>"))
                                            .post("/upload", context -> {
                                                UploadedFile file = context.uploadedFile("file");
                                                context.result(file.filename() + " " + file.size());
                                            })
                                            .get("/visits", context -> {
                                                Integer before = context.sessionAttribute("visits");
                                                int visits = before == null ? 1 : before + 1;
                                                context.sessionAttribute("visits", visits);
                                                context.result("" + visits);
                                            })
                                            .get("/peer", context -> context.result(context.appData(BACKEND)
                                                    .call("users", "find", context.queryParam("name"))
                                                    .as(String.class)));
                                }).javalinServlet();
                                javalin.init(getServletConfig());
                            }
                            @Override
                            protected void service(HttpServletRequest request, HttpServletResponse response)
                                    throws ServletException, java.io.IOException {
                                javalin.service(request, response);
                            }
                            @Override
                            public void destroy() { javalin.destroy(); }
                        }
                        """);
    }

    /// A page with a component, and resources for the rest.
    static Archive wicket(String version) {
        return Wars.war("wicket", version)
                .source("app.Filter", """
                        package app;
                        import jakarta.servlet.annotation.*;
                        import org.apache.wicket.protocol.http.*;
                        @WebFilter(urlPatterns = "/*", initParams = {
                            @WebInitParam(name = "applicationClassName", value = "app.Shop"),
                            @WebInitParam(name = "filterMappingUrlPattern", value = "/*"),
                            @WebInitParam(name = "configuration", value = "deployment")
                        })
                        public class Filter extends WicketFilter {}
                        """)
                .source("app.Shop", """
                        package app;
                        import dev.pier.erlang.*;
                        import java.util.function.*;
                        import org.apache.wicket.*;
                        import org.apache.wicket.protocol.http.*;
                        import org.apache.wicket.request.cycle.*;
                        import org.apache.wicket.request.resource.*;
                        public class Shop extends WebApplication {
                            private Peer backend;
                            public static Shop get() { return (Shop) Application.get(); }
                            public Peer backend() { return backend; }
                            @Override
                            public Class<? extends Page> getHomePage() { return Start.class; }
                            @Override
                            protected void init() {
                                super.init();
                                backend = (Peer) getServletContext().getAttribute("erlang/backend");
                                mountPage("/page", Start.class);
                                mountResource("/hello", Answer.of("application/json",
                                        parameters -> "{\\"text\\":\\"" + new Greeter().greet() + "\\"}"));
                                mountResource("/visits", Answer.of("text/plain", parameters -> {
                                    Visitor visitor = (Visitor) Session.get();
                                    visitor.bind();
                                    return "" + visitor.next();
                                }));
                                mountResource("/upload", Answer.of("text/plain", Upload::receive));
                                mountResource("/peer", Answer.of("text/plain", parameters -> Shop.get().backend()
                                        .call("users", "find", parameters.get("name").toString())
                                        .as(String.class)));
                            }
                            @Override
                            public Session newSession(
                                    org.apache.wicket.request.Request request,
                                    org.apache.wicket.request.Response response) {
                                return new Visitor(request);
                            }
                        }
                        """)
                .source("app.Visitor", """
                        package app;
                        import org.apache.wicket.protocol.http.*;
                        import org.apache.wicket.request.*;
                        public class Visitor extends WebSession {
                            private int visits;
                            public Visitor(Request request) { super(request); }
                            public int next() {
                                dirty();
                                return ++visits;
                            }
                        }
                        """)
                .source("app.Answer", """
                        package app;
                        import java.util.function.*;
                        import org.apache.wicket.request.mapper.parameter.*;
                        import org.apache.wicket.request.resource.*;
                        public class Answer extends AbstractResource {
                            private final String type;
                            private final Function<PageParameters, String> text;
                            private Answer(String type, Function<PageParameters, String> text) {
                                this.type = type;
                                this.text = text;
                            }
                            static ResourceReference of(String type, Function<PageParameters, String> text) {
                                return ResourceReference.of("answer" + System.identityHashCode(text),
                                        () -> new Answer(type, text));
                            }
                            @Override
                            protected ResourceResponse newResourceResponse(Attributes attributes) {
                                String body = text.apply(attributes.getParameters());
                                ResourceResponse response = new ResourceResponse();
                                response.setContentType(type);
                                response.disableCaching();
                                response.setWriteCallback(new WriteCallback() {
                                    @Override
                                    public void writeData(Attributes attributes) {
                                        attributes.getResponse().write(body);
                                    }
                                });
                                return response;
                            }
                        }
                        """)
                .source("app.Upload", """
                        package app;
                        import org.apache.commons.fileupload2.core.*;
                        import org.apache.wicket.protocol.http.servlet.*;
                        import org.apache.wicket.request.cycle.*;
                        import org.apache.wicket.request.mapper.parameter.*;
                        import org.apache.wicket.util.lang.*;
                        class Upload {
                            static String receive(PageParameters parameters) {
                                try {
                                    MultipartServletWebRequest request = ((ServletWebRequest) RequestCycle.get()
                                            .getRequest()).newMultipartWebRequest(Bytes.megabytes(1), "upload");
                                    request.parseFileParts();
                                    FileItem<?> file = request.getFile("file").get(0);
                                    return file.getName() + " " + file.getSize();
                                } catch (FileUploadException e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        }
                        """)
                .source("app.Start", """
                        package app;
                        import org.apache.wicket.markup.html.*;
                        import org.apache.wicket.markup.html.basic.*;
                        public class Start extends WebPage {
                            public Start() { add(new Label("greeting", new Greeter().greet())); }
                        }
                        """)
                .entry("WEB-INF/classes/app/Start.html", """
                        <!DOCTYPE html>
                        <html><body><h1 wicket:id="greeting">a greeting</h1></body></html>
                        """);
    }

    /// JSPs with JSTL, compiled by Jasper in the application. The peer is an object of the expression language.
    static Archive jsp(String version) {
        return Wars.war("jsp", version)
                .entry("page.jsp", """
                        <%@ page contentType="text/html; charset=UTF-8" import="app.Greeter" %>
                        <%@ taglib prefix="c" uri="jakarta.tags.core" %>
                        <c:set var="greeting" value="<%= new Greeter().greet() %>"/>
                        <h1><c:out value="${greeting}"/></h1>
                        """)
                .entry("hello.jsp", """
                        <%@ page contentType="application/json" import="app.Greeter" %><%--
                        --%>{"text":"<%= new Greeter().greet() %>"}""")
                .entry("upload.jsp", """
                        <%@ page contentType="text/plain" import="jakarta.servlet.http.Part" %><%
                        Part file = request.getPart("file");
                        %><%= file.getSubmittedFileName() %> <%= file.getSize() %>""")
                .entry("visits.jsp", """
                        <%@ page contentType="text/plain" %><%--
                        --%><%@ taglib prefix="c" uri="jakarta.tags.core" %><%--
                        --%><c:set var="visits" scope="session" value="${sessionScope.visits + 1}"/>${visits}""")
                .entry("peer.jsp", """
                        <%@ page contentType="text/plain" %><%--
                        --%>${applicationScope["erlang/backend"].call("users", "find", param.name).as(""\
                        .getClass())}""")
                .entry("WEB-INF/web.xml", """
                        <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                          %s
                        </web-app>
                        """.formatted(servlet("page", "")
                        + servlet("hello", "")
                        + servlet("visits", "")
                        + servlet("peer", "")
                        + servlet("upload", "<multipart-config/>")));
    }

    private static String servlet(String name, String configuration) {
        return """
                <servlet>
                  <servlet-name>%1$s</servlet-name><jsp-file>/%1$s.jsp</jsp-file>%2$s
                </servlet>
                <servlet-mapping><servlet-name>%1$s</servlet-name><url-pattern>/%1$s</url-pattern></servlet-mapping>
                """.formatted(name, configuration);
    }
}
