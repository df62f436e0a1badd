package dev.pier.server.webapp;

import dev.pier.server.login.BasicLogin;
import dev.pier.server.login.CertificateLogin;
import dev.pier.server.login.FormLogin;
import dev.pier.server.login.RealmLogin;
import dev.pier.server.login.Realms;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.eclipse.jetty.security.Authenticator;
import org.eclipse.jetty.security.SecurityHandler;
import org.jspecify.annotations.Nullable;

/// How the users of an application log in: the method of its `login-config`, in the realm that this or the setting
/// `webapps.apps.<name>.realm` names.
///
/// *Threads.* For the starting thread.
final class AppLogin {
    private AppLogin() {}

    /// Gives an application its realm, if it has logins.
    ///
    /// @param settings of the application
    /// @param certificates whether clients are asked for certificates
    /// @throws DeploymentException if the application asks for a realm or a method that there is not
    static void install(SecurityHandler security, AppSettings settings, Realms realms, boolean certificates)
            throws DeploymentException {
        @Nullable String method = security.getAuthenticationType();
        if ((method == null && settings.realm() == null) || security.getLoginService() != null) {
            return;
        }
        String name = name(security, settings, realms);
        security.setAuthenticator(authenticator(security, method, certificates));
        security.setRealmName(name);
        security.setLoginService(new RealmLogin(realms, name));
    }

    private static String name(SecurityHandler security, AppSettings settings, Realms realms)
            throws DeploymentException {
        @Nullable String own = settings.realm();
        // Jetty's, if login-config has no realm-name.
        String name = own == null ? Objects.requireNonNullElse(security.getRealmName(), "default") : own;
        if (!realms.names().contains(name)) {
            throw new DeploymentException((own == null ? "login-config" : settings.key() + ".realm")
                    + " names the realm '" + name + "', which server.conf does not define; "
                    + defined(realms.names()));
        }
        return name;
    }

    private static String defined(Set<String> names) {
        return names.isEmpty() ? "it defines no realm" : "it defines " + String.join(", ", names);
    }

    private static Authenticator authenticator(SecurityHandler security, @Nullable String method, boolean certificates)
            throws DeploymentException {
        return switch (method == null
                ? "BASIC"
                : method.toUpperCase(Locale.ROOT).replace('_', '-')) {
            case "BASIC" -> new BasicLogin();
            case "FORM" -> {
                if (security.getParameter(FormLogin.LOGIN_PAGE) == null) {
                    throw new DeploymentException("login-config asks for FORM and has no form-login-page");
                }
                yield new FormLogin();
            }
            case "CLIENT-CERT" -> {
                if (!certificates) {
                    throw new DeploymentException("login-config asks for CLIENT-CERT, and the server asks no client for"
                            + " a certificate (https.client-certificates)");
                }
                yield new CertificateLogin();
            }
            default ->
                throw new DeploymentException("login-config asks for " + method
                        + ", which Pier does not offer; it offers BASIC, FORM and CLIENT-CERT");
        };
    }
}
