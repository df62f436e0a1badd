package @{new.package};

import dev.pier.erlang.Peer;
import jakarta.servlet.ServletContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.DefaultServletHandlerConfigurer;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration
@EnableWebMvc
@ComponentScan
public class Web implements WebMvcConfigurer {
    /// The peer in server.conf. Pier closes it.
    @Bean(name = "erlang/backend", destroyMethod = "")
    public Peer backend(ServletContext context) {
        return (Peer) context.getAttribute("erlang/backend");
    }

    /// Serves src/main/webapp.
    @Override
    public void configureDefaultServletHandling(DefaultServletHandlerConfigurer configurer) {
        configurer.enable();
    }
}
