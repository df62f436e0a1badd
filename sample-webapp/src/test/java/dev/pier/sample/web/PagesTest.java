package dev.pier.sample.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

class PagesTest {
    private static final String ONE = "0123456789abcdef0123456789abcdef";
    private static final String OTHER = "f".repeat(32);

    private final Pages pages = Pages.of(new ServletContextHandler("/").getServletContext());

    @Test
    void aPageReceivesItsOwnEventsAndThoseForAllPages() throws Exception {
        Page one = pages.open(ONE);
        Page other = pages.open(OTHER);

        pages.publish(ONE, "echo", Json.object().put("n", 1));
        pages.publishToAll("node", Json.object());

        assertThat(one.take(Duration.ZERO)).isEqualTo("event: echo\ndata: {\"n\":1}\n\n");
        assertThat(one.take(Duration.ZERO)).isEqualTo("event: node\ndata: {}\n\n");
        assertThat(other.take(Duration.ZERO)).isEqualTo("event: node\ndata: {}\n\n");
        assertThat(other.take(Duration.ZERO)).isNull();
    }

    @Test
    void aPageThatReconnectsReceivesTheEventsQueuedMeanwhile() throws Exception {
        Page before = pages.open(ONE);
        int lost = before.connect();
        pages.publish(ONE, "echo", Json.object());

        Page again = pages.open(ONE);
        int connection = again.connect();

        assertThat(again).isSameAs(before);
        assertThat(again.isCurrent(lost)).isFalse();
        assertThat(again.isCurrent(connection)).isTrue();
        assertThat(again.take(Duration.ZERO)).startsWith("event: echo");
    }

    @Test
    void closeListenersAreCalledOncePerPage() throws Exception {
        List<String> closed = new ArrayList<>();
        pages.onClose(closed::add);
        Page page = pages.open(ONE);

        pages.close(ONE, page);
        pages.close(ONE, page);
        pages.publish(ONE, "echo", Json.object());

        assertThat(closed).containsExactly(ONE);
        assertThat(pages.isEmpty()).isTrue();
    }

    @Test
    void theQueueOfAPageThatDoesNotReadIsBounded() throws Exception {
        Page page = pages.open(ONE);
        for (int i = 0; i < Page.MAX_EVENTS + 10; i++) {
            pages.publish(ONE, "echo", Json.object().put("n", i));
        }

        int queued = 0;
        while (page.take(Duration.ZERO) != null) {
            queued++;
        }
        assertThat(queued).isEqualTo(Page.MAX_EVENTS);
    }

    @Test
    void anInvalidPageIdIsRefused() {
        for (String id : new String[] {"", "me", ONE + "0", ONE.toUpperCase(Locale.ROOT)}) {
            assertThatThrownBy(() -> pages.open(id)).isInstanceOf(BadRequest.class);
        }
    }

    @Test
    void theNumberOfOpenPagesIsBounded() throws Exception {
        for (int i = 0; i < Pages.MAX_PAGES; i++) {
            pages.open("%032x".formatted(i));
        }
        String openPage = "%032x".formatted(7);

        assertThatThrownBy(() -> pages.open(ONE))
                .hasMessageContaining("too many open pages: at most " + Pages.MAX_PAGES);
        assertThat(pages.open(openPage)).as("a reconnecting page").isSameAs(pages.open(openPage));
    }
}
