package dev.pier.erlang.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Bitstring;
import dev.pier.erlang.term.ExternalFun;
import dev.pier.erlang.term.LocalFun;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.io.File;
import java.lang.invoke.MethodType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each kind of term read as each value type of the JDK gives a value of that type, or [UnexpectedTerm].
class JdkValuesTest {
    private static final Pid PID = new Pid(Atom.of("a@h"), 1, 2, 3);

    private static final List<Term> TERMS = List.of(
            Term.parse("ok"),
            Term.parse("undefined"),
            Term.parse("true"),
            Term.parse("7"),
            Term.parse("-70000000000"),
            Term.parse("123456789012345678901234567890"),
            Term.parse("1.5"),
            Term.parse("<<\"text\">>"),
            Term.parse("<<>>"),
            Binary.of((byte) 1, (byte) 255),
            new Bitstring(Binary.of((byte) 128), 3),
            Term.parse("[]"),
            Term.parse("[1,2]"),
            Term.parse("\"text\""),
            Term.parse("[a|b]"),
            Term.parse("[{a,1}]"),
            Term.parse("[<<255>>]"),
            Term.parse("{}"),
            Term.parse("{a,1}"),
            Term.parse("{2026,1,2}"),
            Term.parse("#{}"),
            Term.parse("#{a => 1}"),
            PID,
            new Port(Atom.of("a@h"), 1, 2),
            new Reference(Atom.of("a@h"), 1, 2, 3),
            new ExternalFun(Atom.of("m"), Atom.of("f"), 1),
            new LocalFun(Atom.of("m"), 0, Binary.of(new byte[16]), 1, 2, 3, PID, List.of()));

    private final EtfValueMapper mapper = new EtfValueMapper();

    private record Holder(Instant at) {}

    private record Dates(List<LocalDate> days) {}

    static Stream<Class<?>> types() {
        return Stream.of(
                boolean.class,
                byte.class,
                short.class,
                char.class,
                int.class,
                long.class,
                float.class,
                double.class,
                Boolean.class,
                Character.class,
                Integer.class,
                Long.class,
                Double.class,
                Number.class,
                BigInteger.class,
                BigDecimal.class,
                AtomicBoolean.class,
                AtomicInteger.class,
                AtomicLong.class,
                AtomicReference.class,
                String.class,
                CharSequence.class,
                StringBuilder.class,
                StringBuffer.class,
                byte[].class,
                char[].class,
                int[].class,
                String[].class,
                ByteBuffer.class,
                UUID.class,
                Instant.class,
                LocalDate.class,
                LocalDateTime.class,
                LocalTime.class,
                OffsetDateTime.class,
                OffsetTime.class,
                ZonedDateTime.class,
                Duration.class,
                Period.class,
                Year.class,
                YearMonth.class,
                MonthDay.class,
                Month.class,
                DayOfWeek.class,
                ZoneId.class,
                ZoneOffset.class,
                Date.class,
                Calendar.class,
                GregorianCalendar.class,
                TimeZone.class,
                Locale.class,
                Currency.class,
                URI.class,
                URL.class,
                File.class,
                Path.class,
                Class.class,
                MethodType.class,
                Pattern.class,
                Charset.class,
                InetAddress.class,
                InetSocketAddress.class,
                TimeUnit.class,
                Optional.class,
                OptionalInt.class,
                OptionalLong.class,
                OptionalDouble.class,
                List.class,
                Set.class,
                Collection.class,
                Map.class,
                Object.class);
    }

    @ParameterizedTest
    @MethodSource("types")
    void aTermIsAValueOfTheTypeOrUnexpected(Class<?> type) {
        Class<?> boxed = MethodType.methodType(type).wrap().returnType();
        assertThat(TERMS)
                .allSatisfy(term -> assertThat(valueOrException(term, type))
                        .satisfiesAnyOf(
                                value -> assertThat(value).isNull(),
                                value -> assertThat(value).isInstanceOf(boxed),
                                value -> assertThat(value).isInstanceOf(UnexpectedTerm.class)));
    }

    private @Nullable Object valueOrException(Term term, Class<?> type) {
        try {
            return read(term, type);
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Test
    void theExceptionHasThePath() {
        Term fun = new ExternalFun(Atom.of("m"), Atom.of("f"), 1);
        assertThatThrownBy(() -> read(MapTerm.ofPairs(Atom.of("at"), fun), Holder.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessage("at: expected Instant, got fun fun m:f/1");
        assertThatThrownBy(() -> read(Term.parse("#{days => [{2026,1,2},<<1,255>>]}"), Dates.class))
                .isInstanceOf(UnexpectedTerm.class)
                .hasMessageStartingWith("days[1]: expected LocalDate, got binary");
    }

    private @Nullable Object read(Term term, Class<?> type) {
        return mapper.read(EncodedTerm.of(term), type);
    }
}
