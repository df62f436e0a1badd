package dev.pier.erlang.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adds [ErlangErrors] as the first filter of every web application that starts. The plugin registers it with the
/// server.
public final class ErlangErrorsInitializer implements ServletContainerInitializer {
    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
        if ("off".equals(context.getInitParameter(ErlangErrors.SETTING))) {
            return;
        }
        ReasonStatuses.of(context); // A mistake in it fails the deployment, not a request.
        FilterRegistration.Dynamic filter = context.addFilter(ErlangErrors.class.getName(), new ErlangErrors());
        if (filter == null) {
            return; // The application has registered the filter itself.
        }
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, "/*");
    }
}
