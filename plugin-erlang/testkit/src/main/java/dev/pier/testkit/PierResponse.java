package dev.pier.testkit;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A complete response. Immutable.
public final class PierResponse {
    private final HttpResponse<String> response;

    PierResponse(HttpResponse<String> response) {
        this.response = response;
    }

    public int status() {
        return response.statusCode();
    }

    /// The first value of a header.
    public Optional<String> header(String name) {
        return response.headers().firstValue(name);
    }

    /// All values of a header.
    public List<String> headers(String name) {
        return response.headers().allValues(name);
    }

    public String body() {
        return response.body();
    }

    /// The body as JSON.
    ///
    /// @throws AssertionError if it is not JSON
    public JsonNode json() {
        try {
            return PierClient.JSON.readTree(body());
        } catch (JacksonException e) {
            throw new AssertionError("not JSON: " + this, e);
        }
    }

    /// The body as a value that Jackson reads.
    public <T> T as(Class<T> type) {
        return PierClient.JSON.readValue(body(), type);
    }

    /// Status and body, for messages of assertions.
    @Override
    public String toString() {
        return status() + " " + body();
    }
}
