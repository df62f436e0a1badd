package dev.pier.erlang.servlet;

import dev.pier.erlang.BadBody;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.Reply;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.JsonLimits;
import dev.pier.erlang.term.Term;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The JSON body of a request: as a Java value, as a term, or as an argument of a call, which goes from bytes to bytes
/// without objects in between.
///
/// ```java
/// backend.call("orders", "place", JsonBody.of(request));
/// Order order = JsonBody.of(request).as(Order.class);
/// ```
///
/// Objects become maps, arrays lists, and texts binaries, the names in objects too, so that no text of a client becomes
/// an atom. `null` becomes the atom of the setting `erlang.null`. `docs/results.md` has the table.
///
/// A body that is not JSON, has the wrong media type, or exceeds a limit (`erlang.json.bytes`, `depth` and `digits`)
/// fails with [BadBody] before anything is sent; [ErlangErrors] answers 400, 413 or 415. The text is checked when it is
/// used, the media type and the length at once.
///
/// Immutable; safe for many threads.
public final class JsonBody implements JsonText {
    /// The attribute of the servlet context under which the server offers the application's node.
    static final String NODE = "erlang/node";

    private final byte[] utf8;
    private final JsonLimits limits;
    private final @Nullable ErlangNode node;

    private JsonBody(byte[] utf8, JsonLimits limits, @Nullable ErlangNode node) {
        this.utf8 = utf8;
        this.limits = limits;
        this.node = node;
    }

    /// Reads the body of a request in an application of the server, which offers the node and its limits.
    ///
    /// Without a node the limits are [JsonLimits#DEFAULT], and [#as] and [#value] cannot be used; a program that
    /// runs a servlet container of its own calls [#of(HttpServletRequest, ErlangNode)].
    ///
    /// @throws BadBody if the content type is not JSON in UTF-8, or the body is too large
    /// @throws IOException if the body cannot be read, because the client has disconnected or is too slow
    public static JsonBody of(HttpServletRequest request) throws IOException {
        return request.getServletContext().getAttribute(NODE) instanceof ErlangNode node
                ? of(request, node)
                : new JsonBody(read(request, JsonLimits.DEFAULT), JsonLimits.DEFAULT, null);
    }

    /// Reads the body of a request within the limits of a node.
    ///
    /// @throws BadBody if the content type is not JSON in UTF-8, or the body is too large
    /// @throws IOException if the body cannot be read, because the client has disconnected or is too slow
    public static JsonBody of(HttpServletRequest request, ErlangNode node) throws IOException {
        JsonLimits limits = node.jsonLimits();
        return new JsonBody(read(request, limits), limits, node);
    }

    private static byte[] read(HttpServletRequest request, JsonLimits limits) throws IOException {
        JsonMediaType.require(request);
        // A client that waits for 100 Continue does not send a body whose length is refused here.
        if (request.getContentLengthLong() > limits.bytes()) {
            throw tooLarge(limits);
        }
        // Grows with what arrives, whatever length the client claims. One byte more shows that there are too many.
        byte[] body = request.getInputStream().readNBytes(limits.bytes() + 1);
        if (body.length > limits.bytes()) {
            throw tooLarge(limits);
        }
        return body;
    }

    private static BadBody tooLarge(JsonLimits limits) {
        return new BadBody(
                BadBody.Kind.TOO_LARGE,
                "the body has more than " + limits.bytes() + " bytes (limit erlang.json.bytes)");
    }

    /// The body as a value of a class, as a reply is read: `@AsTuple` aside, all classes of `docs/results.md`.
    ///
    /// @throws BadBody if the body is not JSON within the limits, or does not fit the class
    public <T> T as(Class<T> type) {
        return read(reply -> reply.as(type));
    }

    /// As [#as(Class)], for a type with parameters: `body.as(new TypeReference<List<Order>>() {})`.
    ///
    /// @throws BadBody if the body is not JSON within the limits, or does not fit the type
    public <T> T as(TypeReference<T> type) {
        return read(reply -> reply.as(type));
    }

    /// The body as the nearest Java value: `null`, `Boolean`, a `Number`, `String`, `List` or `Map`.
    ///
    /// @throws BadBody if the body is not JSON within the limits
    public @Nullable Object value() {
        return reply().value();
    }

    /// The body as a term.
    ///
    /// @throws BadBody if the body is not JSON within the limits
    public Term term() {
        return node == null ? Term.fromJson(utf8, limits) : reply().term();
    }

    private <T> T read(Function<Reply, T> reading) {
        Reply reply = reply();
        try {
            return reading.apply(reply);
        } catch (UnexpectedTerm e) {
            throw new BadBody(BadBody.Kind.UNEXPECTED, "the JSON does not fit: " + e.getMessage(), 0, 0, e);
        }
    }

    private Reply reply() {
        if (node == null) {
            throw new IllegalStateException("cannot read the body as a value: the servlet context has no '" + NODE
                    + "'; use JsonBody.of(request, node)");
        }
        return node.readJson(this);
    }

    /// The body as the client has sent it. Hazard: the array is not copied; it must not be changed.
    @Override
    public byte[] utf8() {
        return utf8;
    }

    @Override
    public JsonLimits limits() {
        return limits;
    }

    @Override
    public String toString() {
        return "JsonBody[" + utf8.length + " bytes]";
    }
}
