package dev.pier.server.webapp;

import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.eclipse.jetty.ee11.servlet.BaseHolder;
import org.eclipse.jetty.ee11.servlet.ServletHandler;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.plus.jndi.EnvEntry;
import org.eclipse.jetty.plus.jndi.NamingEntryUtil;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/// One application as Jetty runs it, apart from the server.
///
/// An application sees the JDK, its own classes, and of the server what is shared: the Servlet, annotation and
/// injection interfaces, and the packages that plugins share. The rule goes by where a class comes from, not by its
/// package: whatever else is on the server's class path, now or later, stays hidden, resources such as
/// `META-INF/services` too.
final class IsolatedContext extends WebAppContext {
    // What Jetty itself loads through an application's class loader: JNDI, the servlet for static files, and the
    // listener that empties the JDK's cache of beans.
    private static final List<String> NEEDED = List.of(
            "org.eclipse.jetty.jndi.",
            "org.eclipse.jetty.ee11.servlet.DefaultServlet",
            "org.eclipse.jetty.ee11.servlet.NoJspServlet",
            "org.eclipse.jetty.ee11.servlet.listener.");

    private final Injectables injectables;
    private final AppInjectables own;
    private final Injector injector;

    /// @param copy the application's own folder, laid out as a war is
    IsolatedContext(Server server, String contextPath, Path copy, Injectables injectables) throws NamingException {
        this.injectables = injectables;
        this.own = injectables.createFor(contextPath);
        setServer(server);
        setContextPath(contextPath);
        setBaseResourceAsPath(copy);
        setTempDirectory(WorkFolder.temporary(copy).toFile());
        setThrowUnavailableOnStartupException(true);
        setErrorHandler(new AppErrorHandler());
        setInitParameter("org.eclipse.jetty.servlet.Default.dirAllowed", "false");
        getSessionHandler().setHttpOnly(true);
        getSessionHandler().setSameSite(HttpCookie.SameSite.LAX);
        injector = new Injector(own, bringsItsOwnInjector(copy));
        injectables.initializers().forEach(this::addServletContainerInitializer);
        for (AppInjectables.Injectable injectable : own.all()) {
            setAttribute(injectable.name(), injectable.object());
            // In the context's own scope of JNDI: another server in this JVM may offer the same name.
            new EnvEntry(this, injectable.name(), injectable.object(), false);
        }
    }

    private static boolean bringsItsOwnInjector(Path copy) {
        return copy.resolve("WEB-INF/beans.xml").toFile().exists()
                || copy.resolve("WEB-INF/classes/META-INF/beans.xml").toFile().exists();
    }

    @Override
    public boolean isHiddenClass(Class<?> type) {
        return isServers(type) && !isVisible(type.getName());
    }

    private static boolean isServers(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader != null && !loader.equals(ClassLoader.getPlatformClassLoader());
    }

    @Override
    public boolean isHiddenResource(String name, URL url) {
        return !url.getProtocol().equals("jrt") && !isVisible(className(name)) && !name.equals("jndi.properties");
    }

    private boolean isVisible(String className) {
        return injectables.isShared(className) || NEEDED.stream().anyMatch(className::startsWith);
    }

    @Override
    public boolean isProtectedClass(Class<?> type) {
        return !isServers(type) || injectables.isShared(type.getName());
    }

    /// Asked for a class or resource that the application brings: whether the JDK's or the server's goes first.
    @Override
    public boolean isProtectedResource(String name, URL url) {
        return injectables.isShared(className(name))
                || ClassLoader.getPlatformClassLoader().getResource(name) != null;
    }

    private static String className(String resource) {
        String path = resource.startsWith("/") ? resource.substring(1) : resource;
        return path.endsWith(".class")
                ? path.substring(0, path.length() - ".class".length()).replace('/', '.')
                : path.replace('/', '.');
    }

    /// Everything that descriptors and annotations declare is known here, and nothing has been made of it yet.
    @Override
    protected void startWebapp() throws Exception {
        ServletHandler handler = getServletHandler();
        List<? extends BaseHolder<?>> components = Stream.of(
                        Stream.of(handler.getListeners()),
                        Stream.of(handler.getFilters()),
                        Stream.of(handler.getServlets()))
                .<BaseHolder<?>>flatMap(it -> it)
                .toList();
        for (BaseHolder<?> component : components) {
            check(component.getClassName());
        }
        // Decorators run from the last to the first, and an earlier one calls @PostConstruct.
        getObjectFactory().addDecorator(injector);
        super.startWebapp();
    }

    private void check(@Nullable String className) throws DeploymentException {
        if (className == null) {
            return;
        }
        try {
            injector.check(getClassLoader().loadClass(className), IsolatedContext::isInEnvironment);
        } catch (ClassNotFoundException | LinkageError _) {
            // Jetty says so when it makes the instance; a class that is never needed may be broken.
        }
    }

    // The name stands in the application's own class, and java:comp/env is in this JVM's memory.
    @SuppressWarnings("BanJNDI")
    private static boolean isInEnvironment(String name) {
        try {
            new InitialContext().lookup("java:comp/env/" + name);
            return true;
        } catch (NamingException _) {
            return false;
        }
    }

    /// Stops and forgets the application. Bounded by what its own listeners take.
    void end() throws Exception {
        try {
            stop();
        } finally {
            destroy();
            own.close();
            try {
                NamingEntryUtil.destroyContextForScope(this);
            } catch (NameNotFoundException _) {
                // Jetty has removed the names already; it does so only for an application that came far enough.
            }
        }
    }
}
