package dev.pier.erlang.jinterface;

import com.ericsson.otp.erlang.OtpErlangBoolean;
import com.ericsson.otp.erlang.OtpErlangByte;
import com.ericsson.otp.erlang.OtpErlangChar;
import com.ericsson.otp.erlang.OtpErlangException;
import com.ericsson.otp.erlang.OtpErlangFloat;
import com.ericsson.otp.erlang.OtpErlangInt;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangShort;
import com.ericsson.otp.erlang.OtpErlangString;
import com.ericsson.otp.erlang.OtpErlangUInt;
import com.ericsson.otp.erlang.OtpErlangUShort;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Converts terms to JInterface's objects and back, without JInterface's own decoder. Pure.
///
/// A reference of one or two words has no counterpart, because JInterface pads it to three words, which is another
/// reference. Such a term is refused.
public final class OtpTerms {
    private static final TermToOtp TO_OTP = new TermToOtp();
    private static final OtpToTerm TO_TERM = new OtpToTerm();

    private OtpTerms() {}

    /// The term of an object.
    ///
    /// @throws dev.pier.erlang.BadArgument if there is none: NaN, a map that contains itself
    public static Term toTerm(OtpErlangObject object) {
        return TO_TERM.map(object);
    }

    /// The object that JInterface itself would create for the term: an integer becomes an `OtpErlangLong`, a list
    /// of up to 65535 bytes an `OtpErlangString`.
    ///
    /// @throws UnexpectedTerm if JInterface cannot represent the term
    public static OtpErlangObject toOtp(Term term) {
        return TO_OTP.map(term);
    }

    /// The term as an object of a class, if it fits: an integer as `OtpErlangInt`, a list as `OtpErlangList` or, if
    /// it has code points only, as `OtpErlangString`, `true` as `OtpErlangBoolean`.
    ///
    /// @throws UnexpectedTerm if it does not fit
    public static <T extends OtpErlangObject> T toOtp(Term term, Class<T> type) {
        OtpErlangObject fitting = fitting(term, type);
        OtpErlangObject object = fitting != null ? fitting : toOtp(term);
        if (!type.isInstance(object)) {
            throw new UnexpectedTerm("expected " + type.getSimpleName() + ", got "
                    + object.getClass().getSimpleName());
        }
        return type.cast(object);
    }

    private static @Nullable OtpErlangObject fitting(Term term, Class<?> type) {
        return switch (term) {
            case ListTerm list when type == OtpErlangList.class -> TermToOtp.list(list, list(list.elements()));
            case ListTerm list when type == OtpErlangString.class -> text(list);
            case Atom atom
            when type == OtpErlangBoolean.class && (atom.equals(Atom.TRUE) || atom.equals(Atom.FALSE)) ->
                new OtpErlangBoolean(atom.equals(Atom.TRUE));
            case FloatTerm(double value)
            when type == OtpErlangFloat.class && (float) value == value -> new OtpErlangFloat((float) value);
            case IntegerTerm(long value) -> integer(value, type);
            default -> null;
        };
    }

    private static List<OtpErlangObject> list(List<Term> terms) {
        return terms.stream().map(OtpTerms::toOtp).toList();
    }

    private static @Nullable OtpErlangObject text(ListTerm list) {
        StringBuilder text = new StringBuilder(list.size());
        for (Term element : list.elements()) {
            if (!(element instanceof IntegerTerm(long point)
                    && point == (int) point
                    && Character.isValidCodePoint((int) point))) {
                return null;
            }
            text.appendCodePoint((int) point);
        }
        return new OtpErlangString(text.toString());
    }

    private static @Nullable OtpErlangObject integer(long value, Class<?> type) {
        try {
            if (type == OtpErlangInt.class) {
                return value == (int) value ? new OtpErlangInt((int) value) : null;
            } else if (type == OtpErlangShort.class) {
                return value == (short) value ? new OtpErlangShort((short) value) : null;
            } else if (type == OtpErlangByte.class) {
                return value == (byte) value ? new OtpErlangByte((byte) value) : null;
            } else if (type == OtpErlangChar.class) {
                return value == (char) value ? new OtpErlangChar((char) value) : null;
            } else if (type == OtpErlangUInt.class) {
                return value >= 0 && value == (int) value ? new OtpErlangUInt((int) value) : null;
            } else if (type == OtpErlangUShort.class) {
                return value >= 0 && value == (short) value ? new OtpErlangUShort((short) value) : null;
            }
            return null;
        } catch (OtpErlangException outOfItsRange) {
            return null;
        }
    }
}
