package dev.pier.erlang;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values of Java as the structs of Elixir that mean the same. Pure.
///
/// | Java | Elixir |
/// |---|---|
/// | `Instant`, `OffsetDateTime`, `ZonedDateTime` | `DateTime`; in UTC if they have no region |
/// | `LocalDateTime` | `NaiveDateTime` |
/// | `LocalDate`, `LocalTime` | `Date`, `Time` |
/// | `BigDecimal` | `Decimal`, of the library `decimal` |
/// | `Set` of terms | `MapSet` |
/// | `URI` | `URI`, as `URI.new/1` makes it |
///
/// Elixir's times have microseconds: further digits are cut off.
public final class Elixir {
    private static final Atom STRUCT = Atom.of("__struct__");
    private static final Atom NIL = Atom.of("nil");
    private static final Term[] CALENDAR = {Atom.of("calendar"), module("Calendar.ISO")};
    private static final Binary UTC_ZONE = Binary.of("Etc/UTC");
    private static final DateTimeFormatter ZONE_NAME = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);
    private static final int MICROSECOND_DIGITS = 6;

    /// As those of `URI.default_port/1`.
    private static final Map<String, Integer> PORTS =
            Map.of("ftp", 21, "sftp", 22, "tftp", 69, "http", 80, "https", 443, "ldap", 389, "ws", 80, "wss", 443);

    private Elixir() {}

    /// The atom of a module: `Elixir.MyApp.Users` for `MyApp.Users`.
    ///
    /// @throws IllegalArgumentException if the name is too long for an atom
    public static Atom module(String name) {
        return Atom.of("Elixir." + name);
    }

    /// The port that a URI of this scheme has without one; `null` if Elixir knows none.
    public static @Nullable Integer defaultPort(String scheme) {
        return PORTS.get(scheme);
    }

    /// The value as a struct.
    ///
    /// @throws IllegalArgumentException if Elixir has no struct for it
    public static MapTerm struct(Object value) {
        return switch (value) {
            case Instant instant -> utc(instant.atOffset(ZoneOffset.UTC));
            case OffsetDateTime time -> utc(time);
            case ZonedDateTime time ->
                time.getZone() instanceof ZoneOffset ? utc(time.toOffsetDateTime()) : zoned(time);
            case LocalDateTime time -> struct("NaiveDateTime", fields(time));
            case LocalDate date -> struct("Date", concat(CALENDAR, dateFields(date)));
            case LocalTime time -> struct("Time", concat(CALENDAR, timeFields(time)));
            case BigDecimal number -> decimal(number);
            case URI uri -> uri(uri);
            case Set<?> set -> mapSet(set);
            default ->
                throw new IllegalArgumentException(
                        "Elixir has no struct for " + value.getClass().getName());
        };
    }

    /// Whether [#struct] takes values of a class.
    public static boolean hasStruct(Class<?> type) {
        return type == Instant.class
                || type == OffsetDateTime.class
                || type == ZonedDateTime.class
                || type == LocalDateTime.class
                || type == LocalDate.class
                || type == LocalTime.class
                || type == BigDecimal.class
                || type == URI.class;
    }

    private static MapTerm struct(String module, Term... fields) {
        return MapTerm.ofPairs(concat(new Term[] {STRUCT, module(module)}, fields));
    }

    private static Term[] concat(Term[] first, Term... second) {
        Term[] all = new Term[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static Term[] fields(LocalDateTime time) {
        return concat(concat(CALENDAR, dateFields(time.toLocalDate())), timeFields(time.toLocalTime()));
    }

    private static Term[] dateFields(LocalDate date) {
        return new Term[] {
            Atom.of("year"), IntegerTerm.of(date.getYear()),
            Atom.of("month"), IntegerTerm.of(date.getMonthValue()),
            Atom.of("day"), IntegerTerm.of(date.getDayOfMonth())
        };
    }

    private static Term[] timeFields(LocalTime time) {
        int micros = time.getNano() / 1000;
        return new Term[] {
            Atom.of("hour"), IntegerTerm.of(time.getHour()),
            Atom.of("minute"), IntegerTerm.of(time.getMinute()),
            Atom.of("second"), IntegerTerm.of(time.getSecond()),
            Atom.of("microsecond"),
                    Tuple.of(IntegerTerm.of(micros), IntegerTerm.of(micros == 0 ? 0 : MICROSECOND_DIGITS))
        };
    }

    private static MapTerm utc(OffsetDateTime time) {
        return dateTime(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime(), UTC_ZONE, "UTC", 0, 0);
    }

    private static MapTerm zoned(ZonedDateTime time) {
        int total = time.getOffset().getTotalSeconds();
        int summer = (int)
                time.getZone().getRules().getDaylightSavings(time.toInstant()).toSeconds();
        return dateTime(
                time.toLocalDateTime(),
                Binary.of(time.getZone().getId()),
                ZONE_NAME.format(time),
                total - summer,
                summer);
    }

    private static MapTerm dateTime(LocalDateTime time, Binary zone, String abbreviation, int utc, int std) {
        return struct(
                "DateTime",
                concat(
                        fields(time),
                        Atom.of("time_zone"),
                        zone,
                        Atom.of("zone_abbr"),
                        Binary.of(abbreviation),
                        Atom.of("utc_offset"),
                        IntegerTerm.of(utc),
                        Atom.of("std_offset"),
                        IntegerTerm.of(std)));
    }

    private static MapTerm decimal(BigDecimal number) {
        return struct(
                "Decimal",
                Atom.of("sign"),
                IntegerTerm.of(number.signum() < 0 ? -1 : 1),
                Atom.of("coef"),
                IntegerTerm.of(number.unscaledValue().abs()),
                Atom.of("exp"),
                IntegerTerm.of(-(long) number.scale()));
    }

    private static MapTerm mapSet(Set<?> elements) {
        Term[] pairs = new Term[2 * elements.size()];
        int next = 0;
        for (Object element : elements) {
            if (!(element instanceof Term term)) {
                throw new IllegalArgumentException("a MapSet has terms, not " + element);
            }
            pairs[next++] = term;
            pairs[next++] = ListTerm.of();
        }
        return struct("MapSet", Atom.of("map"), MapTerm.ofPairs(pairs));
    }

    private static MapTerm uri(URI uri) {
        String scheme = uri.getScheme();
        Integer port = uri.getPort() >= 0 ? (Integer) uri.getPort() : scheme == null ? null : defaultPort(scheme);
        boolean opaque = uri.isOpaque();
        return struct(
                "URI",
                Atom.of("scheme"),
                text(scheme),
                Atom.of("authority"),
                NIL,
                Atom.of("userinfo"),
                text(uri.getRawUserInfo()),
                Atom.of("host"),
                text(uri.getHost()),
                Atom.of("port"),
                port == null ? NIL : IntegerTerm.of(port),
                Atom.of("path"),
                text(opaque ? uri.getRawSchemeSpecificPart() : uri.getRawPath().isEmpty() ? null : uri.getRawPath()),
                Atom.of("query"),
                text(uri.getRawQuery()),
                Atom.of("fragment"),
                text(uri.getRawFragment()));
    }

    private static Term text(@Nullable String text) {
        return text == null ? NIL : Binary.of(text);
    }
}
