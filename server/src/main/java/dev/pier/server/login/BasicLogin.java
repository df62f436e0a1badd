package dev.pier.server.login;

import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.security.AuthenticationState;
import org.eclipse.jetty.security.ServerAuthException;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Logins by the header `Authorization: Basic`, in UTF-8.
///
/// SPEC: RFC 7617.
public final class BasicLogin extends BasicAuthenticator {
    public BasicLogin() {
        setCharset(StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable AuthenticationState validateRequest(Request request, Response response, Callback callback)
            throws ServerAuthException {
        try {
            return super.validateRequest(request, response, callback);
        } catch (IllegalArgumentException e) {
            if (response.isCommitted()) {
                return null;
            }
            Response.writeError(
                    request, response, callback, HttpStatus.BAD_REQUEST_400, "The credentials are not in Base64");
            return AuthenticationState.SEND_FAILURE;
        }
    }
}
