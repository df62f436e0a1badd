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
    void eachPageHearsWhatItIsToldAndWhatAllAreTold() throws Exception {
        Page one = pages.enter(ONE);
        Page other = pages.enter(OTHER);

        pages.tell(ONE, "echo", Json.object().put("n", 1));
        pages.tellAll("node", Json.object());

        assertThat(one.take(Duration.ZERO)).isEqualTo("event: echo\ndata: {\"n\":1}\n\n");
        assertThat(one.take(Duration.ZERO)).isEqualTo("event: node\ndata: {}\n\n");
        assertThat(other.take(Duration.ZERO)).isEqualTo("event: node\ndata: {}\n\n");
        assertThat(other.take(Duration.ZERO)).isNull();
    }

    @Test
    void aPageThatComesBackFindsWhatItMissed() throws Exception {
        Page before = pages.enter(ONE);
        int lost = before.connect();
        pages.tell(ONE, "echo", Json.object());

        Page again = pages.enter(ONE);
        int connection = again.connect();

        assertThat(again).isSameAs(before);
        assertThat(again.isCurrent(lost)).isFalse();
        assertThat(again.isCurrent(connection)).isTrue();
        assertThat(again.take(Duration.ZERO)).startsWith("event: echo");
    }

    @Test
    void whoFollowsIsToldOnceOfAPageThatIsGone() throws Exception {
        List<String> gone = new ArrayList<>();
        pages.whenGone(gone::add);
        Page page = pages.enter(ONE);

        pages.leave(ONE, page);
        pages.leave(ONE, page);
        pages.tell(ONE, "echo", Json.object());

        assertThat(gone).containsExactly(ONE);
        assertThat(pages.isEmpty()).isTrue();
    }

    @Test
    void aPageThatDoesNotReadHoldsNoMoreThanItMay() throws Exception {
        Page page = pages.enter(ONE);
        for (int i = 0; i < Page.MOST + 10; i++) {
            pages.tell(ONE, "echo", Json.object().put("n", i));
        }

        int held = 0;
        while (page.take(Duration.ZERO) != null) {
            held++;
        }
        assertThat(held).isEqualTo(Page.MOST);
    }

    @Test
    void aNameThatIsNoSecretIsRefused() {
        for (String id : new String[] {"", "me", ONE + "0", ONE.toUpperCase(Locale.ROOT)}) {
            assertThatThrownBy(() -> pages.enter(id)).isInstanceOf(BadRequest.class);
        }
    }

    @Test
    void pagesAreBounded() throws Exception {
        for (int i = 0; i < Pages.MOST; i++) {
            pages.enter("%032x".formatted(i));
        }
        String oneOfThem = "%032x".formatted(7);

        assertThatThrownBy(() -> pages.enter(ONE)).hasMessageContaining(Pages.MOST + " pages are open");
        assertThat(pages.enter(oneOfThem)).as("who comes back").isSameAs(pages.enter(oneOfThem));
    }
}
