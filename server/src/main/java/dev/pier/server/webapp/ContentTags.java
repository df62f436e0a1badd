package dev.pier.server.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.content.HttpContent;
import org.eclipse.jetty.util.resource.Resource;
import org.jspecify.annotations.Nullable;

/// Entity tags of static files, made from their content: a file has the same tag in the next version of the
/// application, after a restart, and on another server. Jetty's own tags depend on the file's path and time, which
/// differ between copies.
///
/// A file is read when it is first asked for. The files are private copies, which do not change while the application
/// runs.
///
/// *Threads.* Safe for many threads.
///
/// SPEC: RFC 9110, section 8.8.3
final class ContentTags implements HttpContent.Factory {
    private static final int BUFFER = 64 * 1024;

    /// Enough of a SHA-256 digest that two files never share it.
    private static final int BYTES = 16;

    private final HttpContent.Factory contents;
    private final ConcurrentHashMap<URI, HttpField> tags = new ConcurrentHashMap<>();

    ContentTags(HttpContent.Factory contents) {
        this.contents = contents;
    }

    @Override
    public @Nullable HttpContent getContent(String path) throws IOException {
        HttpContent content = contents.getContent(path);
        if (content == null
                || content.getResource() == null
                || content.getResource().isDirectory()) {
            return content;
        }
        try {
            return new Tagged(
                    content, tags.computeIfAbsent(content.getResource().getURI(), _ -> tag(content)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static HttpField tag(HttpContent content) {
        return new HttpField(HttpHeader.ETAG, '"' + digest(content.getResource()) + '"');
    }

    private static String digest(Resource file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(file.newInputStream(), digest)) {
                byte[] buffer = new byte[BUFFER];
                while (in.read(buffer) >= 0) {
                    // The stream takes up what is read.
                }
            }
            // Not the alphabet for URLs: Jetty takes what follows a hyphen for the suffix of an encoding.
            return Base64.getEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest.digest(), BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static final class Tagged extends HttpContent.Wrapper {
        private final HttpField tag;

        Tagged(HttpContent content, HttpField tag) {
            super(content);
            this.tag = tag;
        }

        @Override
        public HttpField getETag() {
            return tag;
        }
    }
}
