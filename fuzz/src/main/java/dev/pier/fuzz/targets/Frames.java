package dev.pier.fuzz.targets;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.pid;
import static dev.pier.erlang.testing.TermBytes.reference;
import static dev.pier.erlang.testing.TermBytes.tuple;

import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.FrameBytes.AtomRefs;
import java.util.List;

/// Valid inputs of frames, with control messages of every kind that takes part in a call, and in links and monitors.
final class Frames {
    private static final byte[] NO_COOKIE = atom("");

    private Frames() {}

    /// @param peer the node that sends the frames
    /// @param node the node that receives them
    static List<byte[]> between(String peer, String node) {
        byte[] from = pid(peer, 1, 0, 3);
        byte[] to = pid(node, 1, 0, 4);
        byte[] ref = reference(peer, 3, 1, 2, 3);
        byte[] erpc = tuple(
                integer(29),
                ref,
                from,
                from,
                tuple(atom("erpc"), atom("execute_call"), integer(4)),
                list(atom("monitor")));
        byte[] arguments = list(ref, atom("lists"), atom("sum"), list(list(integer(1))));
        AtomRefs atoms = new AtomRefs().add(7, "user").add(300, "a");
        byte[] toUser = tuple(integer(6), from, NO_COOKIE, atom("user"));
        byte[] toRex = tuple(integer(6), from, NO_COOKIE, atom("rex"));
        byte[] rexCall = tuple(from, tuple(atom("call"), atom("m"), atom("f"), nil(), from));
        byte[] genCall = tuple(atom("$gen_call"), tuple(from, ref), atom("get"));
        return List.of(
                Pieces.join(new byte[0], FrameBytes.normal(tuple(integer(1), from, to))),
                Pieces.join(
                        FrameBytes.normal(tuple(integer(2), NO_COOKIE, to), binary("hello")),
                        FrameBytes.normal(tuple(integer(22), from, to), binary("hello"))),
                Pieces.join(
                        FrameBytes.normal(tuple(integer(19), from, atom("user"), ref)),
                        FrameBytes.normal(tuple(integer(20), from, atom("user"), ref))),
                Pieces.join(FrameBytes.normal(erpc, arguments)),
                Pieces.join(FrameBytes.normal(toRex, rexCall), FrameBytes.normal(toUser, genCall)),
                Pieces.join(
                        FrameBytes.normal(atoms, toUser, list(atom("x"))),
                        FrameBytes.normal(new AtomRefs().use(7), toUser, atom("x"))),
                Pieces.join(
                        FrameBytes.fragments(5, toUser, binary("abcdefghij"), 4).toArray(byte[][]::new)),
                Pieces.join(
                        FrameBytes.normal(tuple(integer(24), from, to), atom("reason")),
                        FrameBytes.normal(tuple(integer(26), from, to), atom("kill")),
                        FrameBytes.normal(tuple(integer(28), from, to, ref), atom("noproc"))),
                Pieces.join(
                        FrameBytes.normal(tuple(integer(35), integer(7), from, to)),
                        FrameBytes.normal(tuple(integer(36), integer(7), from, to))),
                Pieces.join(
                        FrameBytes.normal(tuple(integer(31), ref, to, integer(2), from)),
                        FrameBytes.normal(tuple(integer(33), from, ref), binary("x"))),
                Pieces.join(FrameBytes.passThrough(toUser, binary("hello"))));
    }

    static List<byte[]> dictionary(String peer, String node) {
        return List.of(
                new byte[] {(byte) 131, 68, 0},
                new byte[] {(byte) 131, 69},
                new byte[] {(byte) 131, 70},
                new byte[] {112, (byte) 131},
                pid(peer, 1, 0, 3),
                pid(node, 1, 0, 4),
                reference(peer, 3, 1, 2, 3),
                atom("user"),
                atom("net_kernel"),
                nil());
    }
}
