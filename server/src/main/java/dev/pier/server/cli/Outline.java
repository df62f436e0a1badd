package dev.pier.server.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// JSON as text for a terminal: an object as indented lines, an array of flat objects as a table. Control characters of
/// values are escaped, since peers and applications can have put them there. Pure.
public final class Outline {
    private static final int INDENT = 2;

    private final StringBuilder text = new StringBuilder();

    private Outline() {}

    /// The text of a value, with a line break at its end; empty for an empty object or array.
    public static String of(JsonNode value) {
        Outline outline = new Outline();
        outline.write(value, 0);
        return outline.text.toString();
    }

    /// The part of a value at a path of names with dots between them. A name may have dots itself.
    public static Optional<JsonNode> part(JsonNode value, String path) {
        JsonNode whole = value.get(path);
        if (whole != null) {
            return Optional.of(whole);
        }
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            JsonNode inner = value.get(path.substring(0, dot));
            if (inner != null) {
                return part(inner, path.substring(dot + 1));
            }
        }
        return Optional.empty();
    }

    private void write(JsonNode value, int indent) {
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                writeField(field.getKey(), field.getValue(), indent);
            }
        } else if (isTable(value)) {
            writeTable(value, indent);
        } else if (value.isArray()) {
            for (JsonNode element : value) {
                writeElement(element, indent);
            }
        } else {
            line(indent, scalar(value));
        }
    }

    private void writeField(String name, JsonNode value, int indent) {
        String label = printable(name) + ":";
        if (isInline(value)) {
            line(indent, label + " " + inline(value));
        } else {
            line(indent, label);
            write(value, indent + INDENT);
        }
    }

    /// An element that is an object begins with a dash.
    private void writeElement(JsonNode element, int indent) {
        int start = text.length();
        write(element, indent + INDENT);
        if (text.length() > start) {
            text.setCharAt(start + indent, '-');
        }
    }

    private void writeTable(JsonNode rows, int indent) {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.propertyNames()));
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Outline::printable).toList());
        rows.forEach(row -> lines.add(columns.stream()
                .map(column -> Optional.ofNullable(row.get(column))
                        .map(Outline::inline)
                        .orElse("-"))
                .toList()));
        int[] widths = new int[columns.size()];
        for (List<String> cells : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], cells.get(i).length());
            }
        }
        for (List<String> cells : lines) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + INDENT);
            }
            line(indent, line.toString().stripTrailing());
        }
    }

    private static boolean isTable(JsonNode value) {
        return value.isArray()
                && !value.isEmpty()
                && value.values().stream()
                        .allMatch(row -> row.isObject() && row.values().stream().allMatch(Outline::isInline));
    }

    private static boolean isInline(JsonNode value) {
        return value.isEmpty() || (value.isArray() && value.values().stream().noneMatch(JsonNode::isContainer));
    }

    private static String inline(JsonNode value) {
        if (!value.isContainer()) {
            return scalar(value);
        }
        Collection<JsonNode> elements = value.values();
        return elements.isEmpty()
                ? "none"
                : String.join(", ", elements.stream().map(Outline::scalar).toList());
    }

    private static String scalar(JsonNode value) {
        return printable(value.isString() ? value.stringValue() : value.toString());
    }

    /// A text whose control characters are escaped.
    public static String printable(String value) {
        StringBuilder printable = new StringBuilder(value.length());
        value.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                printable.append("\\u").append(String.format("%04x", c));
            } else {
                printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }

    private void line(int indent, String content) {
        text.repeat(' ', indent).append(content).append('\n');
    }
}
