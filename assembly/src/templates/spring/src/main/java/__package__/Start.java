package @{new.package};

import org.springframework.web.servlet.support.AbstractAnnotationConfigDispatcherServletInitializer;

/// Adds Spring's dispatcher servlet when the war is deployed.
public class Start extends AbstractAnnotationConfigDispatcherServletInitializer {
    @Override
    protected Class<?>[] getRootConfigClasses() {
        return new Class<?>[0];
    }

    @Override
    protected Class<?>[] getServletConfigClasses() {
        return new Class<?>[] {Web.class};
    }

    @Override
    protected String[] getServletMappings() {
        return new String[] {"/"};
    }
}
