package dev.pier.erlang.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Serves `pier-socket.js` in every web application that starts, unless it has a file or a servlet of its own there.
/// The plugin registers it with the server.
///
/// A container serves `META-INF/resources` of the jars in an application. Under Pier this jar is the server's, and not
/// in the application.
public final class ScriptInitializer implements ServletContainerInitializer {
    static final String PATH = "/pier-socket.js";

    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) throws ServletException {
        if (hasOwn(context)) {
            return;
        }
        ServletRegistration.Dynamic servlet =
                context.addServlet(ScriptServlet.class.getName(), new ScriptServlet(script()));
        if (servlet != null) {
            // Without effect if the application has mapped a servlet to it.
            Set<String> _ = servlet.addMapping(PATH);
        }
    }

    private static boolean hasOwn(ServletContext context) throws ServletException {
        try {
            return context.getResource(PATH) != null;
        } catch (MalformedURLException e) {
            throw new ServletException(e);
        }
    }

    static byte[] script() throws ServletException {
        try (InputStream in = ScriptInitializer.class.getResourceAsStream("/META-INF/resources" + PATH)) {
            if (in == null) {
                throw new ServletException("the jar of " + ScriptInitializer.class.getName() + " has no " + PATH);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ServletException("cannot read " + PATH, e);
        }
    }
}
