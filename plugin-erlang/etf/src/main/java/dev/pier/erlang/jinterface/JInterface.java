package dev.pier.erlang.jinterface;

/// Whether JInterface is there. Knows none of its classes, so that it can be asked where there are none.
public final class JInterface {
    /// The package of JInterface's classes, which web applications must share with Pier to exchange them.
    public static final String PACKAGE = "com.ericsson.otp.erlang";

    private static final boolean PRESENT = find();

    private JInterface() {}

    public static boolean isPresent() {
        return PRESENT;
    }

    private static boolean find() {
        try {
            Class.forName(PACKAGE + ".OtpErlangObject", false, JInterface.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
