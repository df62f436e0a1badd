package dev.pier.server.session;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serialises the attributes of sessions, each on its own, so that one that cannot be written or read is left out
/// alone.
///
/// *Threads.* Safe for all threads.
///
/// *Hazard.* Runs code of the application: its `writeObject`, `readObject` and the like.
final class AttributeCodec {
    private static final Logger log = LoggerFactory.getLogger(AttributeCodec.class);

    /// Each attribute is warned of once, up to this many.
    private static final int MAX_WARNINGS = 100;

    private final String contextPath;
    private final Supplier<ClassLoader> loader;
    private final Predicate<Class<?>> isOfApplication;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /// @param loader the application's class loader
    /// @param isOfApplication whether a class outside the JDK is one of the application
    AttributeCodec(String contextPath, Supplier<ClassLoader> loader, Predicate<Class<?>> isOfApplication) {
        this.contextPath = contextPath;
        this.loader = loader;
        this.isOfApplication = isOfApplication;
    }

    /// Serialises a value.
    ///
    /// @return null if it cannot be serialised; then there has been a warning
    byte @Nullable [] encode(String name, Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            warn(
                    name,
                    "cannot be stored, and exists only in this server until the application is redeployed",
                    e.toString());
            return null;
        }
        return bytes.toByteArray();
    }

    /// Reads values. One that cannot be read is left out.
    Map<String, Object> decode(Map<String, byte[]> attributes) {
        Map<String, Object> values = new LinkedHashMap<>();
        attributes.forEach((name, bytes) -> {
            Object value = decode(name, bytes);
            if (value != null) {
                values.put(name, value);
            }
        });
        return values;
    }

    private @Nullable Object decode(String name, byte[] bytes) {
        SerializationFilter filter = new SerializationFilter(isOfApplication, bytes.length);
        try (ObjectInputStream in = new Input(new ByteArrayInputStream(bytes), loader.get())) {
            in.setObjectInputFilter(filter);
            return in.readObject();
        } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError | StackOverflowError e) {
            String refusal = filter.refusal();
            warn(name, "cannot be read, and is left out", refusal == null ? e.toString() : refusal);
            return null;
        }
    }

    private void warn(String name, String consequence, String cause) {
        if (warned.size() < MAX_WARNINGS && warned.add(name + cause)) {
            log.warn("The session attribute '{}' of {} {}: {}", name, contextPath, consequence, cause);
        }
    }

    /// Resolves classes with the application's class loader.
    private static final class Input extends ObjectInputStream {
        private final ClassLoader loader;

        Input(InputStream in, ClassLoader loader) throws IOException {
            super(in);
            this.loader = loader;
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, loader);
            } catch (ClassNotFoundException _) {
                return super.resolveClass(description); // A primitive type.
            }
        }

        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) throws ClassNotFoundException {
            throw new ClassNotFoundException("a proxy of " + String.join(", ", interfaces));
        }
    }
}
