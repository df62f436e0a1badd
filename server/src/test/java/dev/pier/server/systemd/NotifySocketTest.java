package dev.pier.server.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifySocketTest {
    @TempDir
    Path folder;

    @Test
    void messagesArriveAtAPath() throws Exception {
        assertMessagesArrive(folder.resolve("é").toString());
    }

    @Test
    void messagesArriveInTheAbstractNamespace() throws Exception {
        assertMessagesArrive("@pier/" + UUID.randomUUID());
    }

    private static void assertMessagesArrive(String name) throws Exception {
        try (NotifyReceiver receiver = new NotifyReceiver(name)) {
            NotifySocket socket = new NotifySocket(name);
            socket.send("READY=1\nSTATUS=Grüße");
            socket.send("STOPPING=1");

            assertThat(receiver.next()).isEqualTo("READY=1 | STATUS=Grüße");
            assertThat(receiver.next()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void sendingToAMissingSocketFails() throws Exception {
        NotifySocket socket = new NotifySocket(folder.resolve("missing").toString());
        assertThatThrownBy(() -> socket.send("READY=1"))
                .isInstanceOf(IOException.class)
                .hasMessage("sendto to " + folder.resolve("missing") + " failed: errno 2");
    }

    @Test
    void namesThatAreNoSocketsAreRefused() throws Exception {
        assertThatThrownBy(() -> new NotifySocket("vsock:2:1234")).hasMessageContaining("neither a path nor");
        NotifySocket _ = new NotifySocket("/" + "x".repeat(106));
        assertThatThrownBy(() -> new NotifySocket("/" + "x".repeat(107)))
                .hasMessageContaining("longer than the 107 bytes");
    }
}
