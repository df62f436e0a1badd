package dev.pier.server.webapp;

import dev.pier.server.http.HttpServer;
import dev.pier.server.http.Router;
import dev.pier.server.login.Realms;
import dev.pier.server.session.AppSessionHandler;
import dev.pier.server.session.Sessions;
import dev.pier.server.websocket.SocketContainer;
import dev.pier.server.websocket.WebSockets;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.eclipse.jetty.ee.webapp.WebAppClassLoader;
import org.eclipse.jetty.ee11.servlet.BaseHolder;
import org.eclipse.jetty.ee11.servlet.DecoratingListener;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.NoJspServlet;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.ee11.servlet.ServletHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.servlet.ServletMapping;
import org.eclipse.jetty.ee11.webapp.DefaultsDescriptor;
import org.eclipse.jetty.ee11.webapp.Descriptor;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.plus.jndi.EnvEntry;
import org.eclipse.jetty.plus.jndi.NamingEntryUtil;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ResourceService;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextRequest;
import org.jspecify.annotations.Nullable;

/// The Jetty context of one version of an application, isolated from the server's classes.
///
/// An application sees the JDK, its own classes, and what the server shares: the Servlet, annotation and injection
/// interfaces, the packages that plugins share, and the jars of `lib/ext`. Isolation goes by the origin of a class, not
/// by its package: all other classes and resources of the server's class path, such as `META-INF/services`, are hidden.
final class IsolatedContext extends WebAppContext {
    /// The classes that Jetty itself loads through an application's class loader: JNDI, the servlet for static
    /// files, and the listener that clears the JDK's cache of beans. The API of WebSockets does so too.
    private static final List<String> SERVER_CLASSES = Stream.concat(
                    Stream.of(
                            "org.eclipse.jetty.jndi.",
                            "org.eclipse.jetty.ee11.servlet.DefaultServlet",
                            "org.eclipse.jetty.ee11.servlet.NoJspServlet",
                            "org.eclipse.jetty.ee11.servlet.listener."),
                    WebSockets.SERVICE_CLASSES.stream())
            .toList();

    private static final String CDI = "jakarta/enterprise/inject/spi/CDI.class";

    /// Resources of which an application with a container of its own for `@Inject` has one.
    private static final List<String> CONTAINERS = List.of(
            "META-INF/beans.xml",
            CDI,
            "org/springframework/beans/factory/BeanFactory.class",
            "com/google/inject/Injector.class",
            "org/glassfish/hk2/api/ServiceLocator.class",
            "io/micronaut/context/BeanContext.class");

    private final Injectables injectables;
    private final AppInjectables appInjectables;
    private final AppSessionHandler sessionHandler;
    private final AppSettings settings;
    private final String id;
    private final int sessionTimeout;
    private final Path copy;
    private final boolean jettyXml;
    private final WebSockets webSockets;
    private final Realms realms;
    private final boolean asksForCertificates;
    private final Draining draining = new Draining();
    private final MissingFeatures missingFeatures = new MissingFeatures();

    /// Null before the class loader is there, and if the application has no WebSockets of Pier.
    private @Nullable SocketContainer socketContainer;

    private @Nullable Injector injector;

    /// Whether the application brings a WebSocket container of its own, which it then uses.
    private boolean hasOwnWebSockets;

    /// @param copy the folder of this version, with the layout of a war
    IsolatedContext(
            HttpServer http,
            WebAppSettings settings,
            AppSource source,
            Path copy,
            Injectables injectables,
            Sessions sessions,
            Realms realms,
            WebSockets webSockets)
            throws NamingException, DeploymentException {
        this.injectables = injectables;
        this.webSockets = webSockets;
        this.realms = realms;
        asksForCertificates = http.asksForCertificates();
        this.settings = source.settings();
        id = source.id();
        this.copy = copy;
        jettyXml = settings.jettyXml();
        setServer(http.jetty());
        setContextPath(source.contextPath());
        setBaseResourceAsPath(copy);
        setTempDirectory(WorkFolder.temporary(copy).toFile());
        setThrowUnavailableOnStartupException(true);
        setErrorHandler(new AppErrorHandler(http.settings()));
        setInitParameter("org.eclipse.jetty.servlet.Default.dirAllowed", "false");
        setInitParameter("org.eclipse.jetty.servlet.Default.etags", "true");
        setInitParameter("org.eclipse.jetty.servlet.Default.precompressed", "true");
        if (!settings.cacheControl().isEmpty()) {
            setInitParameter("org.eclipse.jetty.servlet.Default.cacheControl", settings.cacheControl());
        }
        // SPEC: Servlet 6.1, section 10.10: a welcome file can be a servlet.
        setInitParameter("org.eclipse.jetty.servlet.Default.welcomeServlets", "true");
        // The application knows the charset of its bytes. With a writer, Jetty adds the default charset anyway.
        getMimeTypes().addInferred("text/plain", null);
        // Otherwise the path info of a request with %2F cannot be asked for.
        getServletHandler().setDecodeAmbiguousURIs(this.settings.rules().rawPath());
        setMaxFormContentSize(http.settings().maxForm());
        setMaxFormKeys(http.settings().maxFormFields());
        sessionTimeout = sessions.timeoutSeconds();
        sessionHandler = sessions.handler(id, this::getClassLoader, this::isOfApplication);
        setSessionHandler(sessionHandler);
        injectables.initializers().forEach(this::addServletContainerInitializer);
        appInjectables = injectables.createFor(id);
        try {
            appInjectables.replace(this.settings.key() + ".resources", this.settings.resources());
            bindAll();
        } catch (Throwable t) {
            appInjectables.close();
            throw t;
        }
    }

    private void bindAll() throws NamingException {
        setAttribute(Draining.ATTRIBUTE, draining.signal());
        for (AppInjectables.Injectable injectable : appInjectables.all()) {
            setAttribute(injectable.name(), injectable.object());
            // In the context's own JNDI scope: another server in this JVM may bind the same name.
            new EnvEntry(this, injectable.name(), injectable.object(), false);
        }
        for (Map.Entry<String, String> entry : settings.env().entrySet()) {
            new EnvEntry(this, entry.getKey(), entry.getValue(), true);
        }
    }

    @Override
    protected ServletContextRequest newServletContextRequest(
            ServletChannel channel,
            Request request,
            Response response,
            String path,
            MatchedResource<ServletHandler.MappedServlet> servlet) {
        Router.mapped(request, servlet.getPathSpec().getDeclaration());
        return sessionHandler.newRequest(getContext().getServletContext(), channel, request, response, path, servlet);
    }

    /// Whether the application brings a container that fills `@Inject` fields: CDI, Spring, Guice and the like.
    private boolean hasOwnInjector() {
        return getBaseResource().resolve("WEB-INF/beans.xml").exists()
                || CONTAINERS.stream().anyMatch(name -> getClassLoader().getResource(name) != null);
    }

    @Override
    public boolean isHiddenClass(Class<?> type) {
        return comesFromServer(type)
                && !isVisible(type.getName())
                && !injectables.extensions().has(type);
    }

    private static boolean comesFromServer(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader != null && !loader.equals(ClassLoader.getPlatformClassLoader());
    }

    @Override
    public boolean isHiddenResource(String name, URL url) {
        return !url.getProtocol().equals("jrt")
                && !isVisible(className(name))
                && !injectables.extensions().has(url)
                && !name.equals("jndi.properties")
                && !(WebSockets.isService(name, url) && !hasOwnWebSockets);
    }

    /// Whether the class is one of the application's own, or of a class loader of the application.
    private boolean isOfApplication(Class<?> type) {
        ClassLoader own = getClassLoader();
        return Stream.iterate(type.getClassLoader(), Objects::nonNull, ClassLoader::getParent)
                .anyMatch(loader -> loader.equals(own));
    }

    private boolean isVisible(String className) {
        return isShared(className)
                || injectables.isOnSharedClassPath(className)
                || SERVER_CLASSES.stream().anyMatch(className::startsWith);
    }

    private boolean isShared(String className) {
        return injectables.isShared(className)
                && !(hasOwnWebSockets && className.startsWith(WebSockets.API_PACKAGE + "."));
    }

    @Override
    public boolean isProtectedClass(Class<?> type) {
        return !comesFromServer(type) || isShared(type.getName());
    }

    /// Whether the JDK's or the server's resource has precedence over the application's.
    @Override
    public boolean isProtectedResource(String name, URL url) {
        return isShared(className(name)) || ClassLoader.getPlatformClassLoader().getResource(name) != null;
    }

    private static String className(String resource) {
        String path = resource.startsWith("/") ? resource.substring(1) : resource;
        return path.endsWith(".class")
                ? path.substring(0, path.length() - ".class".length()).replace('/', '.')
                : path.replace('/', '.');
    }

    MissingFeatures missingFeatures() {
        return missingFeatures;
    }

    @Override
    public boolean configure() throws Exception {
        if (!jettyXml) {
            MissingFeatures.checkJettyFiles(copy);
        }
        getMetaData().addDescriptorProcessor(missingFeatures);
        return super.configure();
    }

    /// Prepares what depends on the classes that the application brings. Runs when its class loader has them, and
    /// before one of them is loaded.
    ///
    /// @return the initializers that the server adds to those of the application
    List<ServletContainerInitializer> prepare() {
        hasOwnWebSockets = WebSockets.isContainerIn((URLClassLoader) getClassLoader());
        Injector prepared = new Injector(appInjectables, hasOwnInjector());
        injector = prepared;
        if (hasOwnWebSockets || !webSockets.isEnabled()) {
            return List.of();
        }
        socketContainer = webSockets.container(id, new AppObjects(prepared, getObjectFactory()));
        return List.of(socketContainer.initializer());
    }

    /// Runs after descriptors and annotations have been read, and before the first instance is created.
    @Override
    protected void startWebapp() throws Exception {
        Injector injector = Objects.requireNonNull(this.injector);
        missingFeatures.check(hasOwnWebSockets || socketContainer != null);
        AppLogin.install(getSecurityHandler(), settings, realms, asksForCertificates);
        ServletHandler handler = getServletHandler();
        ServletMapping pages = handler.getServletMapping("*.jsp");
        if (pages != null && isInstanceOf(NoJspServlet.class, handler.getServlet(pages.getServletName()))) {
            MissingFeatures.checkPages(copy);
        }
        List<? extends BaseHolder<?>> components = Stream.of(
                        Stream.of(handler.getListeners()),
                        Stream.of(handler.getFilters()),
                        Stream.of(handler.getServlets()))
                .<BaseHolder<?>>flatMap(it -> it)
                .toList();
        for (BaseHolder<?> component : components) {
            check(injector, component.getClassName());
        }
        // Decorators run from the last to the first: the injector before the one that calls @PostConstruct.
        getObjectFactory().addDecorator(injector);
        offerDecorationToCdi();
        prepareWelcomeFiles();
        setSessionTimeout();
        // After the descriptors, whose parameters they replace.
        settings.init().forEach(this::setInitParameter);
        super.startWebapp();
        tagStaticFiles();
    }

    /// Gives static files entity tags of their content, unless the application has a default servlet of its own.
    private void tagStaticFiles() throws ServletException {
        ServletHolder holder = getServletHandler().getServlet("default");
        if (isInstanceOf(DefaultServlet.class, holder) && holder.getServlet() instanceof DefaultServlet files) {
            ResourceService service = files.getResourceService();
            service.setHttpContentFactory(new ContentTags(service.getHttpContentFactory()));
        }
    }

    /// Runs the application's listeners, which may add filters, and then adds the filter of WebSockets behind all of
    /// them.
    @Override
    public void contextInitialized() throws Exception {
        super.contextInitialized();
        if (socketContainer != null && !getServletHandler().isInitialized()) {
            FilterRegistration.Dynamic filter =
                    getServletContext().addFilter("pier-websocket", socketContainer.filter());
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
        }
    }

    /// Sets `sessions.timeout`, unless the application's own descriptor has a timeout. Jetty's default descriptor has
    /// one.
    private void setSessionTimeout() {
        @Nullable Descriptor descriptor = getMetaData().getOriginDescriptor("session.timeout");
        if (descriptor == null || descriptor instanceof DefaultsDescriptor) {
            getSessionHandler().setMaxInactiveInterval(sessionTimeout);
        }
    }

    /// Tells a CDI implementation in the application that it can fill servlets, filters and listeners: it leaves its
    /// decorator in an attribute, from which Jetty's listener takes it.
    private void offerDecorationToCdi() {
        if (getClassLoader().getResource(CDI) != null) {
            setAttribute("org.eclipse.jetty.cdi", "CdiDecoratingListener");
            addEventListener(new DecoratingListener(this, "org.eclipse.jetty.cdi.decorator"));
        }
    }

    /// Lets servlets be welcome files, and removes the JSPs among them, for which there is no servlet.
    private void prepareWelcomeFiles() {
        ServletHandler handler = getServletHandler();
        if (isInstanceOf(DefaultServlet.class, handler.getServlet("default"))) {
            // Otherwise Jetty wraps the servlet, and takes it for another one that welcomes everywhere.
            handler.getServlet("default").setAsyncSupported(true);
        }
        if (isInstanceOf(NoJspServlet.class, handler.getServlet("jsp"))) {
            setWelcomeFiles(Arrays.stream(getWelcomeFiles())
                    .filter(file -> !file.endsWith(".jsp"))
                    .toArray(String[]::new));
        }
    }

    private static boolean isInstanceOf(Class<?> type, @Nullable ServletHolder holder) {
        return holder != null && type.getName().equals(holder.getClassName());
    }

    @Override
    protected ContextRequest wrapRequest(Request request, Response response) {
        UpgradeSafeChannel.install(this, request);
        return super.wrapRequest(request, response);
    }

    private void check(Injector injector, @Nullable String className) throws DeploymentException {
        if (className == null) {
            return;
        }
        try {
            injector.check(getClassLoader().loadClass(className));
        } catch (LinkageError e) {
            MissingFeatures.checkLoading(className, e);
        } catch (ClassNotFoundException _) {
            // Jetty reports it if it creates an instance; a class that is never used may be broken.
        }
    }

    /// Tells the application that it drains.
    void beginDraining() {
        draining.begin(id, getContext()::run);
    }

    /// Closes the WebSockets of the application, within a bounded time.
    void closeSockets(int code, String reason) throws InterruptedException {
        if (socketContainer != null) {
            socketContainer.closeAll(code, reason);
        }
    }

    /// Stops and destroys the context, and closes the application's objects. The application's own listeners
    /// determine how long it takes.
    void end() throws Exception {
        ClassLoader loader = getClassLoader();
        try {
            stop();
        } finally {
            destroy();
            if (socketContainer != null) {
                socketContainer.end();
            }
            if (loader instanceof WebAppClassLoader) {
                Cleanup.afterEnd(id, loader);
            }
            appInjectables.close();
            try {
                NamingEntryUtil.destroyContextForScope(this);
            } catch (NameNotFoundException _) {
                // Jetty has already removed the names; it does not if the application has hardly
                // started.
            }
        }
    }
}
