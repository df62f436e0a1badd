package dev.pier.sample.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Refuses state-changing requests that do not come from this application's own page: the header [#HEADER] must repeat
/// the token in the cookie. A page of another site can make a browser send the cookie, but it cannot read it.
///
/// `POST /call` needs no token, so that curl can use it: it changes nothing. Safe for many threads.
@WebFilter("/*")
public final class CsrfGuard extends HttpFilter {
    private static final long serialVersionUID = 1L;

    public static final String HEADER = "X-Pier-Token";
    static final String COOKIE = "pier_token";

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    private static final String UNGUARDED_PATH = "/call";
    private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (SAFE_METHODS.contains(request.getMethod())
                || UNGUARDED_PATH.equals(request.getServletPath())
                || hasToken(request)) {
            chain.doFilter(request, response);
        } else {
            Problem.send(
                    request, response, new BadRequest(403, "the header " + HEADER + " must carry the token of /page"));
        }
    }

    private static boolean hasToken(HttpServletRequest request) {
        String header = request.getHeader(HEADER);
        return header != null
                && cookie(request).filter(token -> same(token, header)).isPresent();
    }

    /// Compares in constant time.
    private static boolean same(String token, String header) {
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), header.getBytes(StandardCharsets.UTF_8));
    }

    /// The token of this browser; a browser without one gets a new one in a cookie.
    static String token(HttpServletRequest request, HttpServletResponse response) {
        return cookie(request).orElseGet(() -> {
            byte[] bytes = new byte[16];
            RANDOM.nextBytes(bytes);
            String token = HexFormat.of().formatHex(bytes);
            Cookie cookie = new Cookie(COOKIE, token);
            cookie.setHttpOnly(true);
            cookie.setPath(request.getContextPath() + "/");
            cookie.setSecure(request.isSecure());
            cookie.setAttribute("SameSite", "Strict");
            response.addCookie(cookie);
            return token;
        });
    }

    private static Optional<String> cookie(HttpServletRequest request) {
        return Stream.ofNullable(request.getCookies())
                .flatMap(Stream::of)
                .filter(cookie -> COOKIE.equals(cookie.getName()))
                .map(Cookie::getValue)
                .filter(value -> TOKEN.matcher(value).matches())
                .findFirst();
    }
}
