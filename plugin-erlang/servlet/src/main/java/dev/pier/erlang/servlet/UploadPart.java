package dev.pier.erlang.servlet;

import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.TermSource;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// A part of a form that is an argument of a call by itself: Erlang gets an [Upload] of it.
///
/// A call that moves on to another node, because the first certainly did not get it, writes its arguments
/// again, and must write the same upload. An upload that has found its reader is used up; the next call gets
/// one of its own.
///
/// *Threads.* Safe for the threads that may use a request.
final class UploadPart implements Part, TermSource {
    private final Part part;
    private final HttpServletRequest request;
    private final Object lock = new Object();

    /// The latest upload. Guarded by `lock`.
    private @Nullable Upload upload;

    UploadPart(Part part, HttpServletRequest request) {
        this.part = part;
        this.request = request;
    }

    @Override
    public Term toTerm() {
        synchronized (lock) {
            Upload latest = upload;
            if (latest == null || latest.hasReader()) {
                try {
                    latest = Upload.of(part, request);
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot read a part of the form", e);
                }
                upload = latest;
            }
            return latest.toTerm();
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return part.getInputStream();
    }

    @Override
    public @Nullable String getContentType() {
        return part.getContentType();
    }

    @Override
    public String getName() {
        return part.getName();
    }

    @Override
    public @Nullable String getSubmittedFileName() {
        return part.getSubmittedFileName();
    }

    @Override
    public long getSize() {
        return part.getSize();
    }

    @Override
    public void write(String fileName) throws IOException {
        part.write(fileName);
    }

    @Override
    public void delete() throws IOException {
        part.delete();
    }

    @Override
    public @Nullable String getHeader(String name) {
        return part.getHeader(name);
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return part.getHeaders(name);
    }

    @Override
    public Collection<String> getHeaderNames() {
        return part.getHeaderNames();
    }

    @Override
    public String toString() {
        return part.toString();
    }
}
