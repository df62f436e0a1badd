package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.3, 10.0.0.3",
        "::1, ::1",
        "::, ::",
        "fd00::1, fd00::1",
        "FD00:0:0:0:0:0:0:00AB, fd00::ab",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "fe80:0:0:0:1:2:0:0, fe80::1:2:0:0",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221"
    })
    void isTheOneFormOfTheAddress(String address, String text) {
        assertThat(AddressText.of(InetAddress.ofLiteral(address))).isEqualTo(text);
        assertThat(InetAddress.ofLiteral(text)).isEqualTo(InetAddress.ofLiteral(address));
    }
}
