package dev.pier.server.http;

import org.eclipse.jetty.compression.gzip.GzipCompression;
import org.eclipse.jetty.compression.gzip.GzipEncoderConfig;
import org.eclipse.jetty.compression.server.CompressionConfig;
import org.eclipse.jetty.compression.server.CompressionHandler;
import org.eclipse.jetty.server.Handler;

/// Compresses responses with gzip, for clients that accept it. Bodies of requests stay as they are sent.
final class ResponseCompression {
    /// How much compressed data is passed on at a time; Jetty's default of 512 bytes makes many small writes.
    private static final int BUFFER = 16 * 1024;

    private static final String GZIP = "gzip";

    private ResponseCompression() {}

    /// @return the handler itself if compression is disabled
    static Handler around(Handler handler, CompressionSettings settings) {
        if (!settings.enabled()) {
            return handler;
        }
        GzipEncoderConfig encoder = new GzipEncoderConfig();
        encoder.setBufferSize(BUFFER);
        // Whatever the application flushes goes to the client at once.
        encoder.setSyncFlush(true);
        GzipCompression gzip = new GzipCompression();
        gzip.setDefaultEncoderConfig(encoder);
        gzip.setMinCompressSize(settings.minSize());
        // A request that grows while it is read would pass the limit for bodies.
        CompressionConfig.Builder config = CompressionConfig.builder().decompressExcludeEncoding(GZIP);
        settings.types().forEach(config::compressIncludeMimeType);
        CompressionHandler compressing = new CompressionHandler(handler);
        compressing.putCompression(gzip);
        compressing.putConfiguration("/*", config.build());
        return compressing;
    }
}
