package dev.pier.erlang.jinterface;

/// Tells whether JInterface's objects can be values: its classes are on the class path, and this build has the
/// bridge. A build without an Erlang installation has none.
///
/// This class refers to no class of JInterface or of the bridge, so it loads without them.
public final class JInterface {
    /// The package of JInterface's classes, which web applications must share with Pier to exchange them.
    public static final String PACKAGE = "com.ericsson.otp.erlang";

    private static final boolean PRESENT =
            isFound(PACKAGE + ".OtpErlangObject") && isFound(JInterface.class.getPackageName() + ".OtpTerms");

    private JInterface() {}

    public static boolean isPresent() {
        return PRESENT;
    }

    private static boolean isFound(String className) {
        try {
            Class.forName(className, false, JInterface.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
