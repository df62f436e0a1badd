package dev.pier.erlang.servlet.mount;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;

/// A request that knows when its body was last read. The time that an answer may take starts there: the
/// application may need all of a slow upload for it.
///
/// *Threads.* The body is read by one thread; [#lastRead] is for any.
final class BodyProgress extends HttpServletRequestWrapper {
    private volatile long lastRead = System.nanoTime();

    BodyProgress(HttpServletRequest request) {
        super(request);
    }

    /// When a part of the body was read the last time, or else when the request began; as `System.nanoTime`.
    long lastRead() {
        return lastRead;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return new Watched(super.getInputStream());
    }

    private final class Watched extends ServletInputStream {
        private final ServletInputStream body;

        Watched(ServletInputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            int read = body.read();
            lastRead = System.nanoTime();
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = body.read(bytes, offset, length);
            lastRead = System.nanoTime();
            return read;
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
