package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.TermSource;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Bytes of any number as an argument of a call: the function reads them with `pier_stream:read/1`, while they arrive.
///
/// ```java
/// CallOptions hour = new CallOptions(Duration.ofHours(1));
/// backend.with(hour).call("files", "store", name, Upload.of(request));
/// ```
///
/// Pier sends no more than 256 KiB ahead of the reader, so a slow reader slows the client, and the memory does not
/// depend on the size of the upload. The reading process is linked with the upload: if the client disconnects, it ends
/// with the reason `{shutdown, client_gone}`, and if it ends, the upload stops. The timeout of the call includes the
/// upload.
///
/// *Threads.* While the upload is read, a thread of its own reads the body, so nothing else may. Safe for all threads.
///
/// *Lifecycle.* An upload ends when it has been read, with its reader, with the request ([ErlangErrors] closes it), or
/// with [#close]. An application without that filter closes uploads itself, before the request ends.
public final class Upload implements TermSource, AutoCloseable {
    private static final String OPEN = Upload.class.getName() + ".open";
    private static final Atom PIER_UPLOAD = Atom.of("pier_upload");
    private static final int VERSION = 1;

    private final UploadSource source;
    private final Term term;

    private Upload(InputStream bytes, long size, ErlangNode node) {
        source = new UploadSource(bytes);
        ErlangProcess process = node.spawn(source);
        source.start(process);
        term = Tuple.of(
                PIER_UPLOAD,
                IntegerTerm.of(VERSION),
                process.self(),
                size < 0 ? Atom.of("undefined") : IntegerTerm.of(size));
    }

    /// The body of a request as it is, whatever its type, in an application of the server, which offers the node.
    ///
    /// @throws IllegalStateException if the servlet context has no node; use [#of(HttpServletRequest, ErlangNode)]
    /// @throws IOException if the body cannot be read
    public static Upload of(HttpServletRequest request) throws IOException {
        return of(request, node(request));
    }

    /// The body of a request as it is, whatever its type.
    ///
    /// @throws IOException if the body cannot be read
    public static Upload of(HttpServletRequest request, ErlangNode node) throws IOException {
        return of(request.getInputStream(), request.getContentLengthLong(), request, node);
    }

    /// A part of a multipart request. The container has read the whole body before it returns a part, and keeps large
    /// parts in files, as the servlet's `MultipartConfig` says. Uploads that must not touch the disk take the
    /// raw body.
    ///
    /// Behind the filter [ErlangErrors], a part is an argument by itself: `backend.call("files", "store", part)`.
    ///
    /// @param request the request of the part, with which the upload ends
    /// @throws IllegalStateException if the servlet context has no node
    /// @throws IOException if the part cannot be read
    public static Upload of(Part part, HttpServletRequest request) throws IOException {
        return of(part.getInputStream(), part.getSize(), request, node(request));
    }

    /// The bytes of any stream. The caller closes the upload, and then the stream.
    ///
    /// @param size how many bytes there are, for `pier_stream:size/1`; negative if unknown
    public static Upload of(InputStream bytes, long size, ErlangNode node) {
        return new Upload(bytes, size, node);
    }

    private static Upload of(InputStream bytes, long size, HttpServletRequest request, ErlangNode node) {
        Upload upload = new Upload(bytes, size, node);
        opened(request, true).add(upload);
        return upload;
    }

    private static ErlangNode node(HttpServletRequest request) {
        if (request.getServletContext().getAttribute(JsonBody.NODE) instanceof ErlangNode node) {
            return node;
        }
        throw new IllegalStateException("no Erlang node for an upload: the servlet context has no '" + JsonBody.NODE
                + "'; use Upload.of(request, node)");
    }

    /// The uploads of a request.
    private static List<Upload> opened(ServletRequest request, boolean create) {
        @SuppressWarnings("unchecked") // Nothing else is stored under this name.
        List<Upload> known = (List<Upload>) request.getAttribute(OPEN);
        if (known != null) {
            return known;
        }
        List<Upload> none = new CopyOnWriteArrayList<>();
        if (create) {
            request.setAttribute(OPEN, none);
            if (request.isAsyncStarted()) {
                // The filter may have returned already.
                boolean _ = UploadEnd.withAsyncWork(request);
            }
        }
        return none;
    }

    static boolean hasAny(ServletRequest request) {
        return request.getAttribute(OPEN) != null;
    }

    /// Closes all uploads of a request.
    static void closeAll(ServletRequest request) {
        opened(request, false).forEach(Upload::close);
    }

    /// Why the body of a request could not be read to its end; `null` if it could.
    static @Nullable Exception failure(ServletRequest request) {
        for (Upload upload : opened(request, false)) {
            Exception failure = upload.source.failure();
            if (failure != null) {
                return failure;
            }
        }
        return null;
    }

    /// The term that Erlang gets: an opaque one for `pier_stream:read/1`.
    @Override
    public Term toTerm() {
        return term;
    }

    /// Whether a process of the peer has begun to read.
    boolean hasReader() {
        return source.hasReader();
    }

    /// Stops the upload, and returns when nothing reads the bytes any more. A process that is still reading gets the
    /// exit signal `{shutdown, closed}`. Idempotent.
    @Override
    public void close() {
        source.close();
    }

    @Override
    public String toString() {
        return "Upload[" + term + "]";
    }
}
