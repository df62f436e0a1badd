package dev.pier.fuzz.targets;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.fuzz.Target;
import java.util.List;

/// The frames of one connection, for the frame decoder, with and without headers.
final class FrameTarget implements Target {
    static final String NAME = "frames";

    private static final DecodeLimits LIMITS = new DecodeLimits(200, 1 << 20, 1000, 10_000);
    private static final FragmentLimits FRAGMENTS = new FragmentLimits(10, 1 << 20, 1 << 20);
    private static final String PEER = "peer@localhost";
    private static final String NODE = "pier@localhost";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int shortRun() {
        return 50_000;
    }

    @Override
    public long maxAllocation(int inputLength) {
        return (4L << 20) + 1000L * inputLength;
    }

    @Override
    public List<byte[]> seeds() {
        return Frames.between(PEER, NODE);
    }

    @Override
    public List<byte[]> dictionary() {
        return Frames.dictionary(PEER, NODE);
    }

    @Override
    public boolean accepts(byte[] input) {
        List<byte[]> frames = Pieces.split(input);
        boolean withHeader = decodes(frames, DistFlags.OURS);
        boolean without = decodes(frames, DistFlags.OURS & ~DistFlags.DIST_HDR_ATOM_CACHE);
        return withHeader || without;
    }

    private static boolean decodes(List<byte[]> frames, long flags) {
        FrameDecoder decoder = new FrameDecoder(new Capabilities(flags), LIMITS, FRAGMENTS);
        try {
            for (byte[] bytes : frames) {
                if (decoder.decode(bytes, 0, bytes.length) instanceof Frame.Message message) {
                    message.payload().decode(LIMITS);
                }
            }
            return true;
        } catch (ProtocolViolation | MalformedTerm refused) {
            return false;
        }
    }
}
