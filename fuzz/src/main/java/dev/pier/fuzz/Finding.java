package dev.pier.fuzz;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// An input after which a target did something other than accept or refuse it.
public final class Finding {
    private static final int ID_LENGTH = 12;

    private final String target;
    private final byte[] input;
    private final Throwable cause;

    /// @param input is not copied
    /// @param cause the failure; for an input that did not end, a throwable with the stack of the reading thread
    Finding(String target, byte[] input, Throwable cause) {
        this.target = target;
        this.input = input;
        this.cause = cause;
    }

    /// Not a copy.
    public byte[] input() {
        return input;
    }

    public Throwable cause() {
        return cause;
    }

    /// Writes the input to `folder/target/ID`, where it can be added to the corpus as it is.
    public Path save(Path folder) {
        try {
            Path file = Files.createDirectories(folder.resolve(target)).resolve(id());
            return Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String id() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(input);
            return HexFormat.of().formatHex(hash).substring(0, ID_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        text.append(target + ": input " + id() + " of " + input.length + " bytes: ");
        cause.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
