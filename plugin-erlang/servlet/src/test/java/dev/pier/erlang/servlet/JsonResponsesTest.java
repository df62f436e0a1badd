package dev.pier.erlang.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.term.Term;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonResponsesTest {
    private final Body body = new Body();
    private @Nullable String contentType;

    /// A response that has a content type and a body, and nothing else.
    private final HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (_, method, arguments) -> switch (method.getName()) {
                case "getContentType" -> contentType;
                case "setContentType" -> {
                    contentType = (String) arguments[0];
                    yield null;
                }
                case "getOutputStream" -> body;
                default -> throw new UnsupportedOperationException(method.getName());
            });

    private static final class Body extends ServletOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int flushed;
        private boolean closed;

        @Override
        public void write(int b) {
            bytes.write(b);
        }

        @Override
        public void flush() {
            flushed++;
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String toString() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    /// A reply that can only be written.
    private static final class JsonReply implements Reply {
        @Override
        public void writeJson(OutputStream out) throws IOException {
            out.write("{\"n\":1}".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Term term() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T as(Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T as(TypeReference<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> Optional<T> asOptional(Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reply ok() {
            throw new UnsupportedOperationException();
        }
    }

    /// A stream that can only be written and closed.
    private static final class JsonStream implements ReplyStream {
        private boolean lost;
        private boolean closed;

        private void write(String text, OutputStream out) throws IOException {
            if (lost) {
                throw new ConnectionLost("lost");
            }
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void writeJson(OutputStream out) throws IOException {
            write("[1,2]", out);
        }

        @Override
        public void writeNdjson(OutputStream out) throws IOException {
            write("1\n2\n", out);
        }

        @Override
        public void writeBytes(OutputStream out) throws IOException {
            write("bytes", out);
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public Iterator<Reply> iterator() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean await(Duration timeout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Flow.Publisher<Reply> publisher() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aReplyIsWrittenAsJson() throws IOException {
        JsonResponses.write(new JsonReply(), response);
        assertThat(contentType).isEqualTo("application/json");
        assertThat(body).hasToString("{\"n\":1}");
        assertThat(body.flushed)
                .as("the container sends a small body in one piece")
                .isZero();
        assertThat(body.closed).isFalse();
    }

    @Test
    void aContentTypeThatIsSetIsKept() throws IOException {
        contentType = "application/vnd.example+json";
        JsonResponses.write(new JsonReply(), response);
        assertThat(contentType).isEqualTo("application/vnd.example+json");
    }

    @Test
    void aStreamIsWrittenAsJsonAndClosed() throws IOException {
        JsonStream stream = new JsonStream();
        JsonResponses.write(stream, response);
        assertThat(contentType).isEqualTo("application/json");
        assertThat(body).hasToString("[1,2]");
        assertThat(stream.closed).isTrue();
    }

    @Test
    void aStreamIsWrittenAsLinesAndClosed() throws IOException {
        JsonStream stream = new JsonStream();
        JsonResponses.writeNdjson(stream, response);
        assertThat(contentType).isEqualTo("application/x-ndjson");
        assertThat(body).hasToString("1\n2\n");
        assertThat(stream.closed).isTrue();
    }

    @Test
    void aStreamIsWrittenAsBytesAndClosed() throws IOException {
        JsonStream stream = new JsonStream();
        JsonResponses.writeBytes(stream, response);
        assertThat(contentType).isEqualTo("application/octet-stream");
        assertThat(body).hasToString("bytes");
        assertThat(stream.closed).isTrue();
    }

    @Test
    void aStreamThatFailsIsClosed() {
        JsonStream stream = new JsonStream();
        stream.lost = true;
        assertThatThrownBy(() -> JsonResponses.write(stream, response)).isInstanceOf(ConnectionLost.class);
        assertThat(stream.closed).isTrue();
    }
}
