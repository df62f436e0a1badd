package dev.pier.server.websocket;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Callable;
import org.eclipse.jetty.util.DecoratedObjectFactory;

/// Jetty's view of [EndpointObjects].
///
/// *Threads.* Safe for all threads.
final class ObjectFactory extends DecoratedObjectFactory {
    /// The endpoint for which Jetty creates a socket; its fields are filled already, but Jetty asks for it again.
    private static final ScopedValue<Object> FILLED = ScopedValue.newInstance();

    private final EndpointObjects objects;

    ObjectFactory(EndpointObjects objects) {
        this.objects = objects;
    }

    /// Calls Jetty, which does not fill the fields of `endpoint` another time.
    static <T> T withFilled(Object endpoint, Callable<T> call) throws Exception {
        return ScopedValue.where(FILLED, endpoint).call(call::call);
    }

    @Override
    public <T> T createInstance(Class<T> type)
            throws InstantiationException, IllegalAccessException, NoSuchMethodException, InvocationTargetException {
        try {
            return objects.create(type);
        } catch (InstantiationException
                | IllegalAccessException
                | NoSuchMethodException
                | InvocationTargetException e) {
            throw e;
        } catch (ReflectiveOperationException e) {
            throw new InvocationTargetException(e);
        }
    }

    /// Two endpoints can be equal.
    @Override
    @SuppressWarnings("ReferenceEquality")
    public <T> T decorate(T object) {
        return FILLED.isBound() && FILLED.get() == object ? object : objects.fill(object);
    }

    @Override
    public void destroy(Object object) {
        objects.destroy(object);
    }
}
