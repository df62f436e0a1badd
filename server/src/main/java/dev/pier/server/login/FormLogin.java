package dev.pier.server.login;

import java.util.function.Function;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.security.AuthenticationState;
import org.eclipse.jetty.security.Authenticator;
import org.eclipse.jetty.security.Constraint.Authorization;
import org.eclipse.jetty.security.UserIdentity;
import org.eclipse.jetty.security.authentication.FormAuthenticator;
import org.eclipse.jetty.security.authentication.LoginAuthenticator;
import org.eclipse.jetty.server.FormFields;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Session;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;

/// Logins by a form of the application. The session keeps the user as texts, so that the login outlives a redeployment,
/// and a restart if the sessions do; it ends when the realm's stamp of the user changes.
///
/// A page that needed the login is shown after it. The form of a POST that needed it is not kept: strangers could fill
/// the memory with such.
///
/// *Threads.* Safe for all threads.
public final class FormLogin extends LoginAuthenticator {
    private static final String USER = "dev.pier.user";
    private static final String WANTED = "dev.pier.wanted-page";
    private static final String CHECK = "/j_security_check";
    private static final int MAX_WANTED = 8 * 1024;

    private @Nullable String loginPage;
    private @Nullable String errorPage;

    /// The parameter of a security handler with the login page.
    public static final String LOGIN_PAGE = FormAuthenticator.__FORM_LOGIN_PAGE;

    @Override
    public String getAuthenticationType() {
        return Authenticator.FORM_AUTH;
    }

    @Override
    public void setConfiguration(Configuration configuration) {
        super.setConfiguration(configuration);
        loginPage = page(configuration.getParameter(LOGIN_PAGE));
        errorPage = page(configuration.getParameter(FormAuthenticator.__FORM_ERROR_PAGE));
    }

    private static @Nullable String page(@Nullable String path) {
        return path == null || path.isBlank() ? null : path.startsWith("/") ? path : "/" + path;
    }

    @Override
    public Authorization getConstraintAuthentication(
            String path, Authorization existing, Function<Boolean, Session> session) {
        if (isCheck(path)) {
            return Authorization.ANY_USER;
        }
        return isPage(path, loginPage) || isPage(path, errorPage) ? Authorization.ALLOWED : existing;
    }

    private static boolean isCheck(String path) {
        return path.endsWith(CHECK);
    }

    private static boolean isPage(String path, @Nullable String page) {
        return page != null && path.equals(page.replaceFirst("\\?.*", ""));
    }

    @Override
    public @Nullable UserIdentity login(String name, Object password, Request request, Response response) {
        UserIdentity user = super.login(name, password, request, response);
        if (user instanceof RealmUser its) {
            request.getSession(true).setAttribute(USER, its.toSession());
        }
        return user;
    }

    @Override
    public void logout(Request request, Response response) {
        super.logout(request, response);
        Session session = request.getSession(false);
        if (session != null) {
            session.removeAttribute(USER);
        }
    }

    @Override
    public @Nullable AuthenticationState validateRequest(Request request, Response response, Callback callback) {
        if (isCheck(Request.getPathInContext(request))) {
            return response.isCommitted() ? null : check(request, response, callback);
        }
        Session session = request.getSession(false);
        RealmUser user = session == null ? null : RealmUser.ofSession(session.getAttribute(USER));
        if (user != null && getLoginService().validate(user)) {
            return new UserAuthenticationSucceeded(getAuthenticationType(), user);
        }
        if (user != null) {
            logout(request, response);
        }
        if (response.isCommitted()) {
            return null;
        }
        String wanted = request.getHttpURI().getPathQuery();
        if (HttpMethod.GET.is(request.getMethod()) && wanted.length() <= MAX_WANTED) {
            request.getSession(true).setAttribute(WANTED, wanted);
        }
        return redirect(request, response, callback, inContext(request, loginPage), AuthenticationState.CHALLENGE);
    }

    private AuthenticationState check(Request request, Response response, Callback callback) {
        if (!HttpMethod.POST.is(request.getMethod())) {
            // A password in the address would be in logs.
            Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
            return AuthenticationState.SEND_FAILURE;
        }
        Fields form = FormFields.getFields(request);
        String name = form.getValue("j_username");
        String password = form.getValue("j_password");
        UserIdentity user = name == null || password == null ? null : login(name, password, request, response);
        if (user != null) {
            Object wanted = request.getSession(true).removeAttribute(WANTED);
            String page = wanted instanceof String text && isLocal(text) ? text : inContext(request, "/");
            return redirect(
                    request, response, callback, page, new UserAuthenticationSent(getAuthenticationType(), user));
        }
        if (errorPage == null) {
            Response.writeError(request, response, callback, HttpStatus.FORBIDDEN_403);
            return AuthenticationState.SEND_FAILURE;
        }
        return redirect(request, response, callback, inContext(request, errorPage), AuthenticationState.SEND_FAILURE);
    }

    /// Whether a path stays at this server: `//host` names another one.
    private static boolean isLocal(String path) {
        return path.startsWith("/") && !path.startsWith("//") && path.indexOf('\\') < 0;
    }

    private static String inContext(Request request, @Nullable String page) {
        return URIUtil.addPaths(request.getContext().getContextPath(), page);
    }

    private static AuthenticationState redirect(
            Request request, Response response, Callback callback, String page, AuthenticationState state) {
        // Without the session's id: it would be in logs. The client needs cookies.
        Response.sendRedirect(request, response, callback, page, true);
        return state;
    }
}
