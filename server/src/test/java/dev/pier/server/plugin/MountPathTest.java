package dev.pier.server.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountPathTest {
    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b-c", "/v1.2/~x", "/a..b"})
    void paths(String path) {
        assertThat(Mount.isPath(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "/a/", "//", "/a//b", "/a/../b", "/..", "/.", "/a b", "/a%2Fb", "/a?b", "/*", "/ä"})
    void noPaths(String path) {
        assertThat(Mount.isPath(path)).isFalse();
    }
}
