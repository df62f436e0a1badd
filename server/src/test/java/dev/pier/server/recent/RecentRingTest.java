package dev.pier.server.recent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.server.recent.RecentRing.Numbered;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentRingTest {
    private static List<String> entries(RecentRing<String> ring) {
        return ring.after(0, 100).stream().map(Numbered::entry).toList();
    }

    @Test
    void theOldestLeaveWhenThereAreTooMany() {
        RecentRing<String> ring = new RecentRing<>(3, 1000, String::length);
        IntStream.rangeClosed(1, 5).forEach(i -> ring.add("entry " + i));

        assertThat(entries(ring)).containsExactly("entry 3", "entry 4", "entry 5");
        assertThat(ring.last()).isEqualTo(5);
        assertThat(ring.latest(it -> it.endsWith("4"))).contains("entry 4");
        assertThat(ring.latest(it -> it.endsWith("1"))).isEmpty();
    }

    @Test
    void theOldestLeaveWhenAllTogetherAreTooLarge() {
        RecentRing<String> ring = new RecentRing<>(100, 10, String::length);
        ring.add("aaaa");
        ring.add("bbbb");
        ring.add("ccc");
        assertThat(entries(ring)).containsExactly("bbbb", "ccc");

        ring.add("ddddddddddd");
        assertThat(entries(ring)).isEmpty();
        ring.add("eeeeeeeeee");
        assertThat(entries(ring)).containsExactly("eeeeeeeeee");
    }

    @Test
    void numbersContinueWhereTheClientIs() {
        RecentRing<String> ring = new RecentRing<>(3, 1000, String::length);
        IntStream.rangeClosed(1, 5).forEach(i -> ring.add("entry " + i));

        assertThat(ring.after(4, 100)).containsExactly(new Numbered<>(5, "entry 5"));
        assertThat(ring.after(0, 2)).containsExactly(new Numbered<>(4, "entry 4"), new Numbered<>(5, "entry 5"));
        assertThat(ring.after(5, 100)).isEmpty();
    }
}
