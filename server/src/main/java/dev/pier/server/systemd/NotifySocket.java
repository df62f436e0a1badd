package dev.pier.server.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/// The datagram socket of systemd, at a path or in the abstract namespace. Java's own Unix sockets have streams
/// only, so this class calls the C library.
///
/// *Threads.* Safe for all threads: each message has a socket of its own.
///
/// SPEC: `sd_notify`(3), `unix`(7)
final class NotifySocket {
    /// How long systemd may take to accept a message.
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final long RETRY_MILLIS = 10;

    // The values of Linux, on all its 64-bit platforms that Java runs on.
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EAGAIN = 11;

    /// The size of `sun_path`.
    private static final int MAX_NAME = 108;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDTO = function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final String name;

    /// @param name the value of `NOTIFY_SOCKET`: a path, or an abstract name behind an `@`
    /// @throws IOException if the name is of another kind, or too long
    NotifySocket(String name) throws IOException {
        if (!name.startsWith("/") && !name.startsWith("@")) {
            throw new IOException(name + " is neither a path nor an abstract name");
        }
        if (name.getBytes(UTF_8).length >= MAX_NAME) {
            throw new IOException(name + " is longer than the " + (MAX_NAME - 1) + " bytes of a socket's name");
        }
        this.name = name;
    }

    @SuppressWarnings("restricted") // bin/pier enables native access
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    /// Sends one message.
    ///
    /// @throws IOException if it was not accepted
    void send(String message) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int socket = (int) SOCKET.invokeExact(state, (int) AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            if (socket < 0) {
                throw failure("socket", state);
            }
            try {
                send(socket, message.getBytes(UTF_8), arena, state);
            } finally {
                int _ = (int) CLOSE.invokeExact(state, socket);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new IOException(t);
        }
    }

    private void send(int socket, byte[] message, Arena arena, MemorySegment state) throws Throwable {
        MemorySegment data = arena.allocateFrom(JAVA_BYTE, message);
        MemorySegment address = address(arena);
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            long sent = (long)
                    SENDTO.invokeExact(state, socket, data, data.byteSize(), MSG_DONTWAIT | MSG_NOSIGNAL, address, (int)
                            address.byteSize());
            if (sent >= 0) {
                return;
            }
            if ((int) ERRNO.get(state, 0L) != EAGAIN || System.nanoTime() - deadline > 0) {
                throw failure("sendto", state);
            }
            pause();
        }
    }

    /// A `struct sockaddr_un`. An abstract name begins with a zero byte and ends with the address.
    private MemorySegment address(Arena arena) {
        byte[] bytes = name.getBytes(UTF_8);
        boolean isAbstract = bytes[0] == '@';
        MemorySegment address = arena.allocate(Short.BYTES + bytes.length + (isAbstract ? 0 : 1), Short.BYTES);
        address.set(JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, Short.BYTES, bytes.length);
        if (isAbstract) {
            address.set(JAVA_BYTE, Short.BYTES, (byte) 0);
        }
        return address;
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while systemd accepts no message");
        }
    }

    private IOException failure(String function, MemorySegment state) {
        return new IOException(function + " to " + name + " failed: errno " + (int) ERRNO.get(state, 0L));
    }
}
