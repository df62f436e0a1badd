package dev.pier.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The inputs that once were findings, in files: `folder/target/name`.
///
/// @param folder need not exist
public record Corpus(Path folder) {
    /// The inputs of a target, by file name.
    public SequencedMap<String, byte[]> of(Target target) throws IOException {
        SequencedMap<String, byte[]> inputs = new TreeMap<>();
        Path files = folder.resolve(target.name());
        if (Files.isDirectory(files)) {
            List<Path> found = new ArrayList<>();
            try (Stream<Path> list = Files.list(files)) {
                list.forEach(found::add);
            }
            for (Path file : found) {
                inputs.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
            }
        }
        return inputs;
    }
}
