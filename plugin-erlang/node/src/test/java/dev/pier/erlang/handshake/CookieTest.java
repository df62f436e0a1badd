package dev.pier.erlang.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pier.erlang.testing.Bytes;
import org.junit.jupiter.api.Test;

class CookieTest {
    private static final Cookie SECRET = Cookie.of("secret");

    @Test
    void theChallengeIsDigestedAsUnsignedDecimalText() {
        assertThat(SECRET.digest(1)).isEqualTo(Bytes.hex("e52d98c459819a11775936d8dfbb7929"));
        assertThat(SECRET.digest(0xffffffff)).isEqualTo(Bytes.hex("5dfd181e69aa587cc812eb333e6536b6"));
    }

    @Test
    void aDigestProvesOneChallengeAndOneCookie() {
        byte[] digest = SECRET.digest(1);
        assertThat(SECRET.proves(digest, 1)).isTrue();
        assertThat(SECRET.proves(digest, 2)).isFalse();
        assertThat(Cookie.of("secrets").proves(digest, 1)).isFalse();
    }

    @Test
    void aCookieIsLatin1() {
        assertThat(Cookie.of("\u00e4").digest(1)).isNotEqualTo(Cookie.of("?").digest(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cookie.of("\u20ac-secret"))
                .withMessageContaining("Latin-1")
                .withMessageNotContaining("secret");
    }

    @Test
    void aCookieIsNeverShown() {
        assertThat(SECRET).hasToString("Cookie[hidden]");
        String tooLong = "secret".repeat(43);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cookie.of(tooLong))
                .withMessageContaining("258")
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException().isThrownBy(() -> Cookie.of(""));
    }
}
