package dev.pier.bench.results;

import com.ericsson.otp.erlang.OtpErlangAtom;
import com.ericsson.otp.erlang.OtpErlangBinary;
import com.ericsson.otp.erlang.OtpErlangDecodeException;
import com.ericsson.otp.erlang.OtpErlangDouble;
import com.ericsson.otp.erlang.OtpErlangList;
import com.ericsson.otp.erlang.OtpErlangLong;
import com.ericsson.otp.erlang.OtpErlangMap;
import com.ericsson.otp.erlang.OtpErlangObject;
import com.ericsson.otp.erlang.OtpErlangRangeException;
import com.ericsson.otp.erlang.OtpInputStream;
import dev.pier.erlang.TypeReference;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.mapping.EncodedReply;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Converts a list of maps to JSON and to records, with Pier and with hand-written code on JInterface. For one thread.
final class Users {
    static final int COUNT = 10_000;

    private static final TypeReference<List<User>> LIST = new TypeReference<>() {};
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final OtpErlangAtom ID = new OtpErlangAtom("id");
    private static final OtpErlangAtom NAME = new OtpErlangAtom("name");
    private static final OtpErlangAtom EMAIL = new OtpErlangAtom("email");
    private static final OtpErlangAtom AGE = new OtpErlangAtom("age");
    private static final OtpErlangAtom BALANCE = new OtpErlangAtom("balance");
    private static final OtpErlangAtom ACTIVE = new OtpErlangAtom("active");

    private final ValueMapper mapper = new EtfValueMapper();
    private final JsonMapper jackson = new JsonMapper();
    private final byte[] term;

    record User(long id, String name, String email, int age, double balance, boolean active) {}

    Users() {
        List<User> users = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            users.add(new User(
                    1_000_000 + i,
                    "User Number " + i,
                    "user" + i + "@example.org",
                    18 + i % 60,
                    (i * 7919L % 1_000_000) / 100.0,
                    i % 3 != 0));
        }
        EtfOutput out = new EtfOutput(1 << 20);
        mapper.write(users, out);
        term = out.toByteArray();
    }

    private EncodedReply reply() {
        return new EncodedReply(EncodedTerm.of(term), mapper, DecodeLimits.DEFAULT);
    }

    private OtpErlangObject decoded() throws OtpErlangDecodeException {
        try (OtpInputStream in = new OtpInputStream(term)) {
            return in.read_any();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    long jsonByPier() throws IOException {
        Counter counter = new Counter();
        reply().writeJson(counter);
        return counter.bytes;
    }

    long jsonByTree() throws OtpErlangDecodeException {
        Counter counter = new Counter();
        jackson.writeValue(counter, tree(decoded()));
        return counter.bytes;
    }

    long recordsByPier() {
        return reply().as(LIST).size();
    }

    long recordsByHand() throws OtpErlangDecodeException, OtpErlangRangeException {
        OtpErlangList list = (OtpErlangList) decoded();
        List<User> users = new ArrayList<>(list.arity());
        for (OtpErlangObject element : list) {
            users.add(user((OtpErlangMap) element));
        }
        return users.size();
    }

    /// @throws IllegalStateException if Pier and JInterface have different results
    void requireSame() throws Exception {
        OtpErlangList list = (OtpErlangList) decoded();
        List<User> ours = reply().as(LIST);
        for (int i = 0; i < COUNT; i++) {
            if (!ours.get(i).equals(user((OtpErlangMap) list.elementAt(i)))) {
                throw new IllegalStateException("different records: " + ours.get(i));
            }
        }
        if (jsonByPier() != jsonByTree()) {
            throw new IllegalStateException("JSON of different lengths");
        }
    }

    private static User user(OtpErlangMap map) throws OtpErlangRangeException {
        return new User(
                ((OtpErlangLong) map.get(ID)).longValue(),
                text(map.get(NAME)),
                text(map.get(EMAIL)),
                ((OtpErlangLong) map.get(AGE)).intValue(),
                ((OtpErlangDouble) map.get(BALANCE)).doubleValue(),
                ((OtpErlangAtom) map.get(ACTIVE)).booleanValue());
    }

    private static String text(OtpErlangObject binary) {
        return new String(((OtpErlangBinary) binary).binaryValue(), StandardCharsets.UTF_8);
    }

    private static JsonNode tree(OtpErlangObject term) {
        return switch (term) {
            case OtpErlangLong number -> NODES.numberNode(number.longValue());
            case OtpErlangDouble number -> NODES.numberNode(number.doubleValue());
            case OtpErlangBinary binary -> NODES.stringNode(text(binary));
            case OtpErlangAtom atom ->
                switch (atom.atomValue()) {
                    case "true" -> NODES.booleanNode(true);
                    case "false" -> NODES.booleanNode(false);
                    default -> NODES.stringNode(atom.atomValue());
                };
            case OtpErlangList list -> {
                ArrayNode array = NODES.arrayNode(list.arity());
                list.forEach(element -> array.add(tree(element)));
                yield array;
            }
            case OtpErlangMap map -> {
                ObjectNode object = NODES.objectNode();
                for (Map.Entry<OtpErlangObject, OtpErlangObject> entry : map.entrySet()) {
                    object.set(((OtpErlangAtom) entry.getKey()).atomValue(), tree(entry.getValue()));
                }
                yield object;
            }
            default -> throw new IllegalArgumentException("unexpected term: " + term);
        };
    }

    /// Counts the bytes of the JSON and discards them.
    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            bytes += length;
        }
    }
}
