package dev.pier.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/// Prints why the node does not start, with file and line of the property, in place of a stack trace.
final class ErlangStartFailureAnalyzer extends AbstractFailureAnalyzer<ErlangStartException> {
    private final Environment environment;

    ErlangStartFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable root, ErlangStartException e) {
        String property = e.property();
        return new FailureAnalysis(
                e.getMessage() + (property == null ? "" : origin(property)),
                property == null
                        ? "Correct the cause, or set " + ErlangProperties.PREFIX + ".enabled=false."
                        : "Correct the property " + property + ".",
                e);
    }

    private String origin(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.ofIfValid(property);
        if (name != null) {
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                @Nullable ConfigurationProperty found = source.getConfigurationProperty(name);
                if (found != null && found.getOrigin() != null) {
                    return " (" + found.getOrigin() + ")";
                }
            }
        }
        return "";
    }
}
