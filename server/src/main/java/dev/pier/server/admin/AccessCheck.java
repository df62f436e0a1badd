package dev.pier.server.admin;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/// Decides about requests for operations: they must come from the port's own page or from no page, and have the token.
///
/// *Threads.* Safe for all threads.
final class AccessCheck {
    private static final String FETCH_SITE = "Sec-Fetch-Site";
    private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
    private static final String BEARER = "Bearer ";

    private final @Nullable AdminToken token;

    /// @param token null if `admin.token-file` is not set
    AccessCheck(@Nullable AdminToken token) {
        this.token = token;
    }

    /// Why a request is refused; empty if it is allowed.
    Optional<AdminAnswer> refusal(Request request) {
        if (isForeign(request)) {
            return Optional.of(
                    AdminAnswer.error(HttpStatus.FORBIDDEN_403, "Pages of other origins may not use the admin port"));
        }
        if (token == null) {
            return Optional.of(AdminAnswer.error(
                    HttpStatus.FORBIDDEN_403, "Operations are off: set admin.token-file and restart the server"));
        }
        List<String> values = request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION);
        if (values.size() == 1
                && values.getFirst().regionMatches(true, 0, BEARER, 0, BEARER.length())
                && token.matches(values.getFirst().substring(BEARER.length()).strip())) {
            return Optional.empty();
        }
        return Optional.of(AdminAnswer.error(
                HttpStatus.UNAUTHORIZED_401,
                values.isEmpty()
                        ? "The token of admin.token-file is missing: Authorization: Bearer <token>"
                        : "The token is not that of admin.token-file"));
    }

    /// Whether a browser sends the request for a page of another origin. Browsers add at least one of the headers to
    /// every request that is not a plain GET; other programs send neither.
    private static boolean isForeign(Request request) {
        List<String> sites = request.getHeaders().getValuesList(FETCH_SITE);
        if (!OWN_SITES.containsAll(sites)) {
            return true;
        }
        @Nullable String authority = request.getHttpURI().getAuthority();
        return request.getHeaders().getValuesList(HttpHeader.ORIGIN).stream()
                .anyMatch(origin -> !origin.equalsIgnoreCase("http://" + authority)
                        && !origin.equalsIgnoreCase("https://" + authority));
    }
}
