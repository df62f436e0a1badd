package dev.pier.server.session;

import dev.pier.server.plugin.StoredSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/// The contents of a session's file: a magic number, the version of the format, the session, and a CRC-32C of it all.
/// The expiry is not among it: it is the file's time of modification.
final class SessionFile {
    private static final int MAGIC = 0x50736573;
    private static final int FORMAT = 1;

    /// A file that is not a session, or not all of it.
    static final class CorruptFileException extends IOException {
        private static final long serialVersionUID = 1;

        CorruptFileException(String message) {
            super(message);
        }
    }

    private SessionFile() {}

    static byte[] write(StoredSession session) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(MAGIC);
        out.writeByte(FORMAT);
        out.writeLong(session.version());
        out.writeLong(session.created());
        out.writeLong(session.accessed());
        out.writeLong(session.maxInactive());
        out.writeInt(session.attributes().size());
        for (Map.Entry<String, byte[]> attribute : session.attributes().entrySet()) {
            writeBytes(out, attribute.getKey().getBytes(StandardCharsets.UTF_8));
            writeBytes(out, attribute.getValue());
        }
        out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /// @param expiry in milliseconds since the epoch; 0: never
    static StoredSession read(byte[] file, long expiry) throws CorruptFileException {
        int end = file.length - Integer.BYTES;
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
        try {
            if (end < 0 || in.readInt() != MAGIC) {
                throw new CorruptFileException("not a session's file");
            }
            int format = in.readUnsignedByte();
            if (format != FORMAT) {
                throw new CorruptFileException("unknown format " + format);
            }
            DataInputStream trailer = new DataInputStream(new ByteArrayInputStream(file, end, Integer.BYTES));
            if (trailer.readInt() != checksum(file, end)) {
                throw new CorruptFileException("wrong checksum");
            }
            long version = in.readLong();
            long created = in.readLong();
            long accessed = in.readLong();
            long maxInactive = in.readLong();
            int count = in.readInt();
            Map<String, byte[]> attributes = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                attributes.put(new String(readBytes(in), StandardCharsets.UTF_8), readBytes(in));
            }
            return new StoredSession(version, created, accessed, maxInactive, expiry, attributes);
        } catch (CorruptFileException e) {
            throw e;
        } catch (IOException _) {
            throw new CorruptFileException("ends too early");
        }
    }

    /// The file is in memory, so a length beyond its end is corrupt, whatever it claims.
    private static byte[] readBytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new CorruptFileException("ends too early");
        }
        return in.readNBytes(length);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
