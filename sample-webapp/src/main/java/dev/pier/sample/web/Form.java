package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON object that a card sends, read field by field. Immutable.
public final class Form {
    private final Map<String, @Nullable Object> fields;

    private Form(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    /// @throws BadRequest if the body is not a JSON object, or is too large
    public static Form of(HttpServletRequest request) throws IOException, BadRequest {
        return new Form(JsonReader.object(RequestBody.text(request)));
    }

    /// A required text, without surrounding white space.
    ///
    /// @param maxCharacters its limit, in code points
    /// @throws BadRequest if it is missing, blank or longer
    public String text(String name, int maxCharacters) throws BadRequest {
        String text = optionalText(name, maxCharacters);
        if (text.isEmpty()) {
            throw new BadRequest(400, name + " is missing");
        }
        return text;
    }

    /// The same for an optional text; a missing one is empty.
    public String optionalText(String name, int maxCharacters) throws BadRequest {
        Object value = fields.get(name);
        if (value == null) {
            return "";
        }
        if (!(value instanceof String text)) {
            throw new BadRequest(400, name + " must be a string");
        }
        if (text.codePointCount(0, text.length()) > maxCharacters) {
            throw new BadRequest(400, name + " is too long: at most " + maxCharacters + " characters");
        }
        return text.strip();
    }
}
