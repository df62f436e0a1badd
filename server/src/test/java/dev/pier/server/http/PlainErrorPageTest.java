package dev.pier.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class PlainErrorPageTest {
    private static final String MESSAGE = "no \"user\" <é>\\\n";

    @Test
    void jsonIsAsciiWithTheStatusFirst() {
        String json = new PlainErrorPage(404, MESSAGE, null).json(null);

        assertThat(json)
                .startsWith("{\"status\":404,\"message\":")
                .endsWith("}\n")
                .isASCII();
        assertThat(JsonMapper.shared().readTree(json).path("message").asString())
                .isEqualTo(MESSAGE);
    }

    @Test
    void messageOfAnExceptionIsNotShown() {
        PlainErrorPage page = new PlainErrorPage(500, "the password is 123", new IllegalStateException());

        assertThat(page.json(null)).isEqualTo("{\"status\":500,\"message\":\"Server Error\"}\n");
        assertThat(page.text()).isEqualTo("500 Server Error\n");
        assertThat(page.html()).contains("<h1>500 Server Error</h1>");
    }

    @Test
    void theReferenceIsShown() {
        PlainErrorPage page = new PlainErrorPage(500, null, new IllegalStateException(), "0123456789abcdef");

        assertThat(page.json(null))
                .isEqualTo("{\"status\":500,\"message\":\"Server Error\",\"reference\":\"0123456789abcdef\"}\n");
        assertThat(page.text()).isEqualTo("500 Server Error (reference 0123456789abcdef)\n");
        assertThat(page.html()).contains("<p>Reference: <code>0123456789abcdef</code></p>");
    }

    @Test
    void htmlIsEscaped() {
        PlainErrorPage page = new PlainErrorPage(404, "<user>", null, "<reference>");

        assertThat(page.html()).contains("404 &lt;user&gt;").contains("&lt;reference&gt;");
    }
}
