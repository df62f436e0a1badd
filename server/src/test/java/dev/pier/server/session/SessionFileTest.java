package dev.pier.server.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.server.plugin.StoredSession;
import dev.pier.server.session.SessionFile.CorruptFileException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionFileTest {
    private final StoredSession session = new StoredSession(1, 2, 3, 4, 5, Map.of("a", new byte[100]));

    @Test
    void eachShorterFileIsCorrupt() throws Exception {
        byte[] file = SessionFile.write(session);
        for (int length = 0; length < file.length; length++) {
            byte[] part = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> SessionFile.read(part, 5)).isInstanceOf(CorruptFileException.class);
        }
    }

    @Test
    void eachFileWithAnotherBitIsCorrupt() throws Exception {
        byte[] file = SessionFile.write(session);
        for (int bit = 0; bit < 8 * file.length; bit++) {
            byte[] other = file.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> SessionFile.read(other, 5)).isInstanceOf(CorruptFileException.class);
        }
    }
}
