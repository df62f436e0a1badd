package dev.pier.erlang;

import dev.pier.erlang.term.Atom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The names of the fields of Erlang's records, which are tuples: with `-record(user, {id, name})`,
/// `{user,1,<<"joe">>}` is read as `#{id => 1,name => <<"joe">>}`. A tuple is such a record if it begins with the
/// record's name and has as many elements as the record.
///
/// From an `.hrl` file ([#parse], [#read]), or from the debug information of a module ([Peer#records]); used by
/// [CallOptions#withRecords], and by the setting `erlang.records`. Native records need no definitions. Immutable.
public final class RecordDefinitions {
    public static final RecordDefinitions NONE = new RecordDefinitions(Map.of());

    /// @param size how many fields the record has
    private record Key(Atom name, int size) {}

    private final Map<Key, List<Atom>> fields;

    private RecordDefinitions(Map<Key, List<Atom>> fields) {
        this.fields = fields;
    }

    /// The definition of one record.
    ///
    /// @throws IllegalArgumentException if a field is repeated
    public static RecordDefinitions of(Atom name, List<Atom> fields) {
        if (new HashSet<>(fields).size() < fields.size()) {
            throw new IllegalArgumentException("a field of the record " + name + " is repeated");
        }
        return new RecordDefinitions(Map.of(new Key(name, fields.size()), List.copyOf(fields)));
    }

    /// All definitions in the text of an `.hrl` or `.erl` file. Includes are not followed and macros not
    /// expanded: the definitions in all branches of an `-ifdef` count.
    ///
    /// @throws IllegalArgumentException if a definition cannot be read; the message has its line
    public static RecordDefinitions parse(String source) {
        return RecordSource.parse(source);
    }

    /// All definitions in an `.hrl` or `.erl` file, or in all `.hrl` files of a folder.
    ///
    /// @throws IOException if a file cannot be read as UTF-8
    /// @throws IllegalArgumentException if a definition cannot be read; the message has the file and the line
    public static RecordDefinitions read(Path fileOrFolder) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(fileOrFolder)) {
            try (var entries = Files.newDirectoryStream(fileOrFolder, "*.hrl")) {
                entries.forEach(files::add);
            }
            Collections.sort(files);
        } else {
            files.add(fileOrFolder);
        }
        RecordDefinitions all = NONE;
        for (Path file : files) {
            try {
                all = all.and(parse(Files.readString(file)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    /// These definitions and others. Where both have a record of one name and size, the other one counts.
    public RecordDefinitions and(RecordDefinitions others) {
        if (others.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return others;
        }
        Map<Key, List<Atom>> all = new HashMap<>(fields);
        all.putAll(others.fields);
        return new RecordDefinitions(Map.copyOf(all));
    }

    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /// The names of the fields of a record.
    ///
    /// @param size how many fields it has
    public Optional<List<Atom>> fields(Atom name, int size) {
        return Optional.ofNullable(fields.get(new Key(name, size)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordDefinitions that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /// The names of the records: `RecordDefinitions[session/2, user/3]`.
    @Override
    public String toString() {
        return fields.keySet().stream()
                .map(key -> key.name() + "/" + key.size())
                .sorted()
                .collect(Collectors.joining(", ", "RecordDefinitions[", "]"));
    }
}
