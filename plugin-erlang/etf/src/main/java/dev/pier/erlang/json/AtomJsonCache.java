package dev.pier.erlang.json;

import dev.pier.erlang.jackson.SpecialAtom;
import dev.pier.erlang.term.Atom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How atoms look as JSON, made once for each: a connection carries numbers in their place, and the same few name
/// the fields of row after row.
///
/// Any thread, no lock: an entry is immutable and whole wherever it is seen; that one thread overwrites the other's
/// costs an entry. It does not grow: an atom takes the place of another whose hash ends alike.
public final class AtomJsonCache {
    private static final int SLOTS = 1024;
    /// Most names are shorter; a longer one goes out in parts.
    private static final int FORM_BYTES = 128;

    private final @Nullable Form[] forms = new @Nullable Form[SLOTS];

    /// The JSON of one atom.
    static final class Form {
        private final Atom atom;
        /// As a value: a string, or what it stands for.
        final byte[] value;
        /// As the name of a member, with the colon.
        final byte[] name;

        private Form(Atom atom) {
            this.atom = atom;
            SpecialAtom literal = SpecialAtom.of(atom.name());
            byte[] text = text(atom.name());
            this.value = literal == null ? text : literal.json;
            this.name = Arrays.copyOf(text, text.length + 1);
            this.name[text.length] = ':';
        }

        private static byte[] text(String name) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length() + 2);
            JsonOutput out = new JsonOutput(bytes, FORM_BYTES);
            try {
                out.string(name);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }
    }

    Form of(Atom atom) {
        int hash = atom.name().hashCode();
        int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
        Form known = forms[slot];
        if (known != null && known.atom.equals(atom)) {
            return known;
        }
        Form form = new Form(atom);
        forms[slot] = form;
        return form;
    }
}
