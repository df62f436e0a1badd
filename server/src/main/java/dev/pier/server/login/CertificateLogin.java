package dev.pier.server.login;

import java.security.cert.X509Certificate;
import javax.security.auth.x500.X500Principal;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.security.AuthenticationState;
import org.eclipse.jetty.security.Authenticator;
import org.eclipse.jetty.security.UserIdentity;
import org.eclipse.jetty.security.authentication.LoginAuthenticator;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Logins by the certificate of the client, which the TLS handshake has verified (`https.client-ca`). The
/// subject is the name of the user.
public final class CertificateLogin extends LoginAuthenticator {
    @Override
    public String getAuthenticationType() {
        return Authenticator.CERT_AUTH2;
    }

    @Override
    public @Nullable AuthenticationState validateRequest(Request request, Response response, Callback callback) {
        X509Certificate[] chain =
                request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session
                        ? session.peerCertificates()
                        : null;
        if (chain != null && chain.length > 0) {
            String subject = chain[0].getSubjectX500Principal().getName(X500Principal.RFC2253);
            UserIdentity user = login(subject, chain[0], request, response);
            if (user != null) {
                return new UserAuthenticationSucceeded(getAuthenticationType(), user);
            }
        }
        if (response.isCommitted()) {
            return null;
        }
        Response.writeError(
                request, response, callback, HttpStatus.FORBIDDEN_403, "The certificate is missing or not of a user");
        return AuthenticationState.SEND_FAILURE;
    }
}
