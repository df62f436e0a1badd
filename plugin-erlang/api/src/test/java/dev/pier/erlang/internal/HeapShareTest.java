package dev.pier.erlang.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapShareTest {
    @Test
    void aSmallHeapLowersTheLimit() {
        long heap = Runtime.getRuntime().maxMemory();
        assertThat(HeapShare.atMost(heap, 8)).isEqualTo(heap / 8);
        assertThat(HeapShare.atMost(heap / 16, 8)).isEqualTo(heap / 16);
    }
}
