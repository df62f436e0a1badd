package dev.pier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientRequestsTest {
    @Test
    void aClientIsAnAddressOrHalfOfOne() {
        assertThat(ClientRequests.client("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(ClientRequests.client("2001:db8:0:1:a:b:c:d"))
                .isEqualTo(ClientRequests.client("2001:db8:0:1::"))
                .isNotEqualTo(ClientRequests.client("2001:db8:0:2:a:b:c:d"));
        assertThat(ClientRequests.client("[2001:db8:0:1::7]")).isEqualTo(ClientRequests.client("2001:db8:0:1::8"));
        assertThat(ClientRequests.client("::ffff:192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(ClientRequests.client("_hidden:8080")).isEqualTo("_hidden:8080");
        assertThat(ClientRequests.client(null)).isEqualTo("null");
    }
}
