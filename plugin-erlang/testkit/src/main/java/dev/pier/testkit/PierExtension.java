package dev.pier.testkit;

import dev.pier.embedded.Pier;
import java.lang.reflect.Parameter;
import java.util.Objects;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/// The extension behind [PierTest].
///
/// *Threads.* JUnit's; the state is in JUnit's store, one for each class.
final class PierExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(PierExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (context.getStore(NAMESPACE).get(RunningPier.class) == null) {
            // A nested class finds the state of its enclosing class.
            Class<?> type = context.getRequiredTestClass();
            PierTest settings = AnnotationSupport.findAnnotation(type, PierTest.class)
                    .orElseThrow(() -> new IllegalStateException(type.getName() + " has no @PierTest"));
            context.getStore(NAMESPACE).put(RunningPier.class, RunningPier.start(type, settings));
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        running(context).beforeTest();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (parameter.isAnnotated(ErlangPeer.class)) {
            return type == FakeErlang.class || type == RealErlang.class;
        }
        return type == PierClient.class || type == Pier.class;
    }

    @Override
    public Object resolveParameter(ParameterContext context, ExtensionContext extension) {
        RunningPier running = running(extension);
        Parameter parameter = context.getParameter();
        if (parameter.getType() == PierClient.class) {
            return running.client();
        }
        if (parameter.getType() == Pier.class) {
            return running.pier();
        }
        String name = context.findAnnotation(ErlangPeer.class).orElseThrow().value();
        Object peer = running.peer(name);
        if (!parameter.getType().isInstance(peer)) {
            throw new ParameterResolutionException("the peer '" + name + "' is a "
                    + peer.getClass().getSimpleName() + " in another parameter of the class, and a "
                    + parameter.getType().getSimpleName() + " here");
        }
        return peer;
    }

    private static RunningPier running(ExtensionContext context) {
        RunningPier running = context.getStore(NAMESPACE).get(RunningPier.class, RunningPier.class);
        return Objects.requireNonNull(running, "Pier starts before the first test of the class");
    }
}
