package dev.pier.erlang.epmd;

import java.util.Optional;

/// The type that a node registers at EPMD, which only stores it.
public enum NodeType {
    NORMAL('M'),
    HIDDEN('H');

    private final int code;

    NodeType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /// Empty for other types: JInterface, for example, registers `n`.
    static Optional<NodeType> of(int code) {
        return switch (code) {
            case 'M' -> Optional.of(NORMAL);
            case 'H' -> Optional.of(HIDDEN);
            default -> Optional.empty();
        };
    }
}
