package dev.pier.erlang.plugin;

import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Large bodies of the suites, and their checksums. `-Dmount.upload.bytes=100000000` and
/// `-Dmount.download.blocks=3200` (of 64 KiB) make them large.
final class TransferBodies {
    static final int BLOCK = 65_536;
    static final long UPLOAD = Long.getLong("mount.upload.bytes", 20_000_000);
    static final int DOWNLOAD = Integer.getInteger("mount.download.blocks", 640);

    private TransferBodies() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The checksum of so many blocks, as the suites produce them.
    static String sha(int blocks) {
        MessageDigest digest = digest();
        byte[] block = new byte[BLOCK];
        for (int i = 0; i < blocks; i++) {
            Arrays.fill(block, (byte) (i % 251));
            digest.update(block);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// The checksum of a body, which is read to its end.
    static String sha(InputStream body) throws Exception {
        MessageDigest digest = digest();
        byte[] part = new byte[BLOCK];
        for (int n = body.read(part); n >= 0; n = body.read(part)) {
            digest.update(part, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Bytes that are made while they are sent.
    static final class Pattern extends InputStream {
        private final MessageDigest digest = digest();
        private long left;

        Pattern(long size) {
            left = size;
        }

        /// The checksum of all bytes, once they are sent.
        String sha() {
            return HexFormat.of().withUpperCase().formatHex(digest.digest());
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(length, left);
            if (count <= 0) {
                return length == 0 ? 0 : -1;
            }
            for (int i = 0; i < count; i++) {
                target[offset + i] = (byte) ((left - i) * 31 + ((left - i) >>> 8));
            }
            digest.update(target, offset, count);
            left -= count;
            return count;
        }
    }
}
