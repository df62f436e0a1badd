package dev.pier.spring.boot;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.servlet.ErlangErrors;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Servlet;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.context.ServletContextAware;
import org.springframework.web.servlet.DispatcherServlet;

/// Offers the node and its peers to servlets, as the server does, and answers requests whose Erlang work failed.
@AutoConfiguration(after = ErlangAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({Servlet.class, FilterRegistrationBean.class})
@ConditionalOnBean({ErlangNode.class, ErlangProperties.class})
public final class ErlangWebAutoConfiguration {
    /// Inside the filters that encode and observe requests, and outside of all others.
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    private static final int MIN_STATUS = 400;
    private static final int MAX_STATUS = 599;

    /// The attributes by which `JsonBody.of(request)` and `Upload.of(request)` find the node.
    @Bean
    ServletContextAware erlangServletContext(ErlangNode node, ErlangProperties properties) {
        return context -> {
            context.setAttribute(PeerBeans.PREFIX + "node", node);
            properties.peers().keySet().forEach(peer -> context.setAttribute(PeerBeans.PREFIX + peer, node.peer(peer)));
        };
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(prefix = ErlangProperties.PREFIX, name = "errors.enabled", matchIfMissing = true)
    static class Errors {
        @Bean
        FilterRegistrationBean<ErlangErrors> erlangErrors() {
            FilterRegistrationBean<ErlangErrors> filter = new FilterRegistrationBean<>(new ErlangErrors());
            filter.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
            filter.setOrder(ORDER);
            return filter;
        }

        @Bean
        ServletContextInitializer erlangStatuses(ErlangProperties properties) {
            String statuses = statuses(properties.errors().statuses());
            return context -> {
                if (!statuses.isEmpty()) {
                    context.setInitParameter(ErlangErrors.STATUSES, statuses);
                }
            };
        }

        private static String statuses(Map<String, Integer> byReason) {
            return byReason.entrySet().stream()
                    .map(entry -> entry.getKey() + " = "
                            + Checked.number(
                                    "errors.statuses." + entry.getKey(), entry.getValue(), MIN_STATUS, MAX_STATUS))
                    .collect(Collectors.joining(", "));
        }

        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(DispatcherServlet.class)
        static class Mvc {
            @Bean
            ErlangExceptionAdvice erlangExceptionAdvice() {
                return new ErlangExceptionAdvice();
            }
        }
    }
}
