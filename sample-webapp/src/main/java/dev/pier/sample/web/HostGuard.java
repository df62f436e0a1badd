package dev.pier.sample.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.regex.Pattern;

/// Refuses requests to a loopback address under a name of the internet. A page of any site can let its own name
/// lead to this address (DNS rebinding); the browser would then take the sample for a part of that site, and let
/// its page read the token of [CsrfGuard]. Safe for many threads.
@WebFilter("/*")
public final class HostGuard extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final int MISDIRECTED = 421;
    private static final Pattern LOCAL = Pattern.compile("(?i)localhost|.*\\.localhost|[0-9.]+|\\[[0-9a-f:.]+(%.*)?]");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // An address, which is not looked up.
        boolean loopback = InetAddress.getByName(request.getLocalAddr()).isLoopbackAddress();
        if (!loopback || LOCAL.matcher(request.getServerName()).matches()) {
            chain.doFilter(request, response);
        } else {
            Problem.send(request, response, new BadRequest(MISDIRECTED, "use localhost or an IP address"));
        }
    }
}
