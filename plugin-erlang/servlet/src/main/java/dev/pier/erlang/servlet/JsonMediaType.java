package dev.pier.erlang.servlet;

import dev.pier.erlang.BadBody;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which requests have a JSON body: `application/json` and `application/…+json`, in UTF-8, without a content encoding.
/// Pure.
///
/// SPEC: RFC 8259, section 8.1 and 11; RFC 6839, section 3.1.
final class JsonMediaType {
    private JsonMediaType() {}

    /// @throws BadBody if the body is of another type
    static void require(HttpServletRequest request) {
        String type = request.getContentType();
        if (!isJson(type)) {
            throw unsupported("the content type must be application/json or end with +json");
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
            throw unsupported("the content encoding must be identity");
        }
    }

    private static boolean isJson(@Nullable String header) {
        if (header == null) {
            return false;
        }
        String[] parts = header.split(";", -1);
        String type = parts[0].strip().toLowerCase(Locale.ROOT);
        if (!type.equals("application/json") && !(type.startsWith("application/") && type.endsWith("+json"))) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("charset=") && !isUtf8(parameter.substring("charset=".length()))) {
                throw unsupported("the character set of JSON must be UTF-8");
            }
        }
        return true;
    }

    private static boolean isUtf8(String charset) {
        return charset.equals("utf-8") || charset.equals("\"utf-8\"") || charset.equals("utf8");
    }

    private static BadBody unsupported(String problem) {
        return new BadBody(BadBody.Kind.UNSUPPORTED_TYPE, problem);
    }
}
