package dev.pier.erlang.jackson;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.StoredTerm;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Atom;
import java.io.DataInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import tools.jackson.core.FormatSchema;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteCapability;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.Version;
import tools.jackson.core.base.BinaryTSFactory;
import tools.jackson.core.io.ContentReference;
import tools.jackson.core.io.IOContext;
import tools.jackson.core.util.JacksonFeatureSet;

/// Creates parsers and generators for Erlang's external term format. Immutable; safe for many threads.
///
/// Parsers accept terms with the leading 131, compressed or not, and terms without it, as a connection carries
/// them.
public final class EtfFactory extends BinaryTSFactory {
    public static final String FORMAT_NAME = "ETF";

    private static final long serialVersionUID = 1L;

    public static final Version VERSION = new Version(0, 2, 0, "SNAPSHOT", "dev.pier", "pier-etf");
    /// Binaries are native, but the capability is not declared: with it, Jackson would write a UUID as 16 bytes,
    /// which is unusual in Erlang.
    static final JacksonFeatureSet<StreamWriteCapability> WRITE_CAPABILITIES =
            JacksonFeatureSet.fromDefaults(StreamWriteCapability.values());

    private static final int FIRST_CAPACITY = 512;

    private final transient NameCache names = new NameCache();
    private final transient Atom nullAtom;
    private final transient DecodeLimits limits;

    public EtfFactory() {
        this(builder());
    }

    EtfFactory(EtfFactoryBuilder builder) {
        super(builder);
        nullAtom = builder.nullAtom();
        limits = builder.limits();
    }

    private EtfFactory(EtfFactory source) {
        super(source);
        nullAtom = source.nullAtom;
        limits = source.limits;
    }

    public static EtfFactoryBuilder builder() {
        return new EtfFactoryBuilder();
    }

    @Override
    public EtfFactoryBuilder rebuild() {
        return new EtfFactoryBuilder(this);
    }

    @Override
    public EtfFactory copy() {
        return new EtfFactory(this);
    }

    @Override
    public TokenStreamFactory snapshot() {
        return this;
    }

    NameCache names() {
        return names;
    }

    /// The atom that `null` is written as. Default: `undefined`.
    public Atom nullAtom() {
        return nullAtom;
    }

    public DecodeLimits limits() {
        return limits;
    }

    /// Creates a parser of a term without the leading 131.
    public EtfParser createParser(ObjectReadContext readContext, EncodedTerm term) {
        return new EtfParser(readContext, ioContext(term), this, term.open(limits));
    }

    /// Creates a generator that appends one term to the output, without the leading 131. Closing it has no effect.
    public EtfGenerator createGenerator(ObjectWriteContext writeContext, EtfOutput out) {
        return new EtfGenerator(writeContext, ioContext(out), this, out, null, false);
    }

    private IOContext ioContext(Object content) {
        return _createContext(ContentReference.rawReference(false, content), false);
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext ioContext, InputStream source) {
        try (source) {
            byte[] bytes = source.readNBytes(limits.bytes());
            // Reads one byte more than permitted, so that the error names the limit rather than a truncated term.
            int next = source.read();
            if (next >= 0) {
                bytes = Arrays.copyOf(bytes, bytes.length + 1);
            }
            return _createParser(readContext, ioContext, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw _wrapIOFailure(e);
        }
    }

    @Override
    protected JsonParser _createParser(
            ObjectReadContext readContext, IOContext ioContext, byte[] data, int offset, int length) {
        return new EtfParser(readContext, ioContext, this, open(data, offset, length));
    }

    private EtfInput open(byte[] data, int offset, int length) {
        if (length == 0 || (data[offset] & 0xff) != Tag.VERSION) {
            return new EtfInput(data, offset, length, new Atom[0], limits);
        }
        boolean whole = offset == 0 && length == data.length;
        return StoredTerm.open(whole ? data : Arrays.copyOfRange(data, offset, offset + length), limits);
    }

    @Override
    protected JsonParser _createParser(ObjectReadContext readContext, IOContext ioContext, DataInput source) {
        return _unsupported();
    }

    @Override
    protected JsonGenerator _createGenerator(ObjectWriteContext writeContext, IOContext ioContext, OutputStream out) {
        boolean versionByte =
                EtfWriteFeature.VERSION_BYTE.enabledIn(writeContext.getFormatWriteFeatures(_formatWriteFeatures));
        return new EtfGenerator(writeContext, ioContext, this, new EtfOutput(FIRST_CAPACITY), out, versionByte);
    }

    @Override
    public Version version() {
        return VERSION;
    }

    @Override
    public String getFormatName() {
        return FORMAT_NAME;
    }

    @Override
    public boolean canParseAsync() {
        return false;
    }

    @Override
    public boolean canUseSchema(FormatSchema schema) {
        return false;
    }

    @Override
    public Class<EtfReadFeature> getFormatReadFeatureType() {
        return EtfReadFeature.class;
    }

    @Override
    public Class<EtfWriteFeature> getFormatWriteFeatureType() {
        return EtfWriteFeature.class;
    }
}
