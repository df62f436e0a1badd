package dev.pier.sample.console;

import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.sample.web.BadRequest;

/// The arguments of a call in JSON: an array.
final class JsonArguments {
    private JsonArguments() {}

    /// @throws dev.pier.erlang.BadBody if the text is not JSON
    /// @throws BadRequest if it is no array
    static Object[] of(String json) throws BadRequest {
        if (Term.fromJson(json) instanceof ListTerm arguments) {
            return arguments.elements().toArray();
        }
        throw new BadRequest(400, "the arguments must be a JSON array");
    }
}
