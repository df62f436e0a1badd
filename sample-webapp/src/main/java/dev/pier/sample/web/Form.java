package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a card sends: a JSON object, whose fields are looked at one by one. A value.
public final class Form {
    private final Map<String, @Nullable Object> fields;

    private Form(Map<String, @Nullable Object> fields) {
        this.fields = fields;
    }

    /// @throws BadRequest if the body is no JSON object, or too large
    public static Form of(HttpServletRequest request) throws IOException, BadRequest {
        return new Form(JsonReader.object(RequestBody.text(request)));
    }

    /// A text that says something.
    ///
    /// @param most how many characters it may have
    /// @throws BadRequest if it is not there, blank or longer
    public String text(String name, int most) throws BadRequest {
        String text = optionalText(name, most);
        if (text.isEmpty()) {
            throw new BadRequest(400, name + " is missing");
        }
        return text;
    }

    /// The same, empty where it is not there; without the white space around it.
    public String optionalText(String name, int most) throws BadRequest {
        Object value = fields.get(name);
        if (value == null) {
            return "";
        }
        if (!(value instanceof String text)) {
            throw new BadRequest(400, name + " should be a text");
        }
        if (text.codePointCount(0, text.length()) > most) {
            throw new BadRequest(400, name + " may have " + most + " characters");
        }
        return text.strip();
    }
}
