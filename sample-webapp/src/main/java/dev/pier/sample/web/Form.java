package dev.pier.sample.web;

import dev.pier.erlang.servlet.JsonBody;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;

/// The JSON object that a card sends, read field by field. Immutable.
public record Form(MapTerm fields) {
    /// @throws dev.pier.erlang.BadBody if the body is not JSON, or is too large
    /// @throws BadRequest if the body is not an object
    public static Form of(HttpServletRequest request) throws IOException, BadRequest {
        if (JsonBody.of(request).term() instanceof MapTerm fields) {
            return new Form(fields);
        }
        throw new BadRequest(400, "the body must be a JSON object");
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
        Optional<Term> value = fields.get(Binary.of(name));
        if (value.isEmpty() || value.get().equals(Atom.UNDEFINED)) {
            return "";
        }
        if (!(value.get() instanceof Binary binary)) {
            throw new BadRequest(400, name + " must be a string");
        }
        String text = binary.utf8().orElse("");
        if (text.codePointCount(0, text.length()) > maxCharacters) {
            throw new BadRequest(400, name + " is too long: at most " + maxCharacters + " characters");
        }
        return text.strip();
    }
}
