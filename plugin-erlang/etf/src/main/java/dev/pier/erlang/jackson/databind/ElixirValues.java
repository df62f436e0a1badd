package dev.pier.erlang.jackson.databind;

import dev.pier.erlang.Elixir;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.EtfParser;
import dev.pier.erlang.jackson.MapShape;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.BigIntegerTerm;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.MapTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;

/// Structs of Elixir as the values of Java that mean the same; [Elixir] is the way back. Pure.
final class ElixirValues {
    private static final Atom DATE_TIME = Elixir.module("DateTime");
    private static final Atom MAP_SET = Elixir.module("MapSet");
    private static final Atom ISO = Elixir.module("Calendar.ISO");
    private static final Atom[] NO_ATOMS = {};
    private static final int MAX_MICROSECONDS = 999_999;
    private static final int MAX_PORT = 65_535;

    /// The structs that a class is read from.
    private static final Map<Class<?>, Atom> STRUCTS = Map.of(
            Instant.class, DATE_TIME,
            OffsetDateTime.class, DATE_TIME,
            ZonedDateTime.class, DATE_TIME,
            LocalDateTime.class, Elixir.module("NaiveDateTime"),
            LocalDate.class, Elixir.module("Date"),
            LocalTime.class, Elixir.module("Time"),
            BigDecimal.class, Elixir.module("Decimal"),
            URI.class, Elixir.module("URI"));

    private ElixirValues() {}

    /// The struct whose start is the current token. The current token is then its end.
    ///
    /// @return empty if it is not the struct of that class; the parser does not move then
    /// @throws UnexpectedTerm if the struct has no value in Java
    static Optional<Object> read(EtfParser p, Class<?> type) {
        Atom struct = STRUCTS.get(type);
        if (struct == null || !p.structName().equals(Optional.of(struct))) {
            return Optional.empty();
        }
        MapTerm fields = (MapTerm) p.readTerm();
        try {
            return Optional.of(new Reading(fields).value(type));
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw new UnexpectedTerm(
                    MapShape.shown(struct) + " has no " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    /// Reads the fields of one struct.
    private record Reading(MapTerm fields) {
        Object value(Class<?> type) {
            if (type == BigDecimal.class) {
                return decimal();
            }
            if (type == URI.class) {
                return uri();
            }
            if (!field("calendar").equals(ISO)) {
                throw new IllegalArgumentException(
                        "the calendar is " + field("calendar").excerpt(80));
            }
            if (type == LocalDate.class) {
                return date();
            }
            if (type == LocalTime.class) {
                return time();
            }
            LocalDateTime local = LocalDateTime.of(date(), time());
            if (type == LocalDateTime.class) {
                return local;
            }
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(Math.addExact(integer("utc_offset"), integer("std_offset")));
            if (type == Instant.class) {
                return local.toInstant(offset);
            }
            return type == OffsetDateTime.class
                    ? OffsetDateTime.of(local, offset)
                    : ZonedDateTime.ofStrict(local, offset, zone(offset, local));
        }

        /// A region that Java does not know, or whose rules differ, is read as the offset.
        private ZoneId zone(ZoneOffset offset, LocalDateTime local) {
            try {
                ZoneId zone = ZoneId.of(text("time_zone").orElse(""));
                return zone.getRules().isValidOffset(local, offset) ? zone : offset;
            } catch (DateTimeException unknown) {
                return offset;
            }
        }

        private LocalDate date() {
            return LocalDate.of(integer("year"), integer("month"), integer("day"));
        }

        private LocalTime time() {
            int micros = field("microsecond") instanceof Tuple(List<Term> parts)
                            && parts.size() == 2
                            && parts.getFirst() instanceof IntegerTerm(long number)
                            && number >= 0
                            && number <= MAX_MICROSECONDS
                    ? (int) number
                    : -1;
            if (micros < 0) {
                throw unexpected("microsecond");
            }
            return LocalTime.of(integer("hour"), integer("minute"), integer("second"), 1000 * micros);
        }

        private BigDecimal decimal() {
            BigInteger coefficient = switch (field("coef")) {
                case IntegerTerm(long number) -> BigInteger.valueOf(number);
                case BigIntegerTerm(BigInteger number) -> number;
                default -> throw unexpected("coef");
            };
            return new BigDecimal(
                    integer("sign") < 0 ? coefficient.negate() : coefficient, Math.negateExact(integer("exp")));
        }

        /// SPEC: RFC 3986, section 5.3. As `URI.to_string/1`, the port of the scheme is left out.
        private URI uri() {
            StringBuilder uri = new StringBuilder();
            String scheme = text("scheme").orElse(null);
            if (scheme != null) {
                uri.append(scheme).append(':');
            }
            text("host").ifPresent(host -> {
                uri.append("//");
                text("userinfo").ifPresent(user -> uri.append(user).append('@'));
                boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
                uri.append(bare ? "[" + host + "]" : host);
                if (field("port") instanceof IntegerTerm(long port)
                        && port >= 0
                        && port <= MAX_PORT
                        && !Integer.valueOf((int) port).equals(scheme == null ? null : Elixir.defaultPort(scheme))) {
                    uri.append(':').append(port);
                }
            });
            text("path").ifPresent(uri::append);
            text("query").ifPresent(query -> uri.append('?').append(query));
            text("fragment").ifPresent(fragment -> uri.append('#').append(fragment));
            return URI.create(uri.toString());
        }

        private Term field(String name) {
            return fields.get(Atom.of(name)).orElseThrow(() -> new IllegalArgumentException("it has no " + name));
        }

        private int integer(String name) {
            if (field(name) instanceof IntegerTerm(long number)) {
                return Math.toIntExact(number);
            }
            throw unexpected(name);
        }

        private Optional<String> text(String name) {
            return field(name) instanceof Binary binary ? binary.utf8() : Optional.empty();
        }

        private IllegalArgumentException unexpected(String name) {
            return new IllegalArgumentException(
                    "its " + name + " is " + field(name).excerpt(80));
        }
    }

    /// Reads a `MapSet` as a collection of its elements, and lists as Jackson does.
    static final class OfMapSet extends DelegatingDeserializer {
        OfMapSet(ValueDeserializer<?> elements) {
            super(elements);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> elements) {
            return new OfMapSet(elements);
        }

        @Override
        public @Nullable Object deserialize(JsonParser p, DeserializationContext context) {
            if (p instanceof EtfParser etf
                    && etf.structName().equals(Optional.of(MAP_SET))
                    && etf.readTerm() instanceof MapTerm struct
                    && struct.get(Atom.of("map")).orElse(null) instanceof MapTerm elements) {
                EtfOutput list = new EtfOutput(256);
                TermEncoder.encodeListHeader(elements.size(), list);
                List<Term> pairs = elements.pairs();
                for (int i = 0; i < pairs.size(); i += 2) {
                    TermEncoder.encode(pairs.get(i), list);
                }
                TermEncoder.encodeNil(list);
                try (EtfParser ofList = ((EtfFactory) context.tokenStreamFactory())
                        .createParser(context, new EncodedTerm(list.array(), 0, list.size(), NO_ATOMS))) {
                    ofList.nextToken();
                    return super.deserialize(ofList, context);
                }
            }
            return super.deserialize(p, context);
        }
    }
}
