package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.jackson.databind.EtfMapper;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.databind.ObjectMapper;

/// Jackson finds data formats as services.
class RegisteredServicesTest {
    @Test
    void theFactoryIsAService() {
        assertThat(ServiceLoader.load(TokenStreamFactory.class)).anyMatch(EtfFactory.class::isInstance);
    }

    @Test
    void theMapperIsAService() {
        assertThat(ServiceLoader.load(ObjectMapper.class)).anyMatch(EtfMapper.class::isInstance);
    }
}
