package dev.pier.sample.chat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.OpenedNode;
import java.io.IOException;
import java.util.BitSet;

/// The nodes of the chat's users: `web_chat1@localhost`, `web_chat2@localhost`, … each for as long as its user is
/// there.
///
/// The users' own nicks would look better. But the name of a node that connects becomes an atom in Erlang, which never
/// forgets one; so there are no more names than users at a time. Safe for many threads.
final class ChatNodes {
    static final int MOST = 200;

    /// The numbers in use. Guarded by this.
    private final BitSet numbers = new BitSet();

    /// A node for one user, to be closed with the user.
    final class Lease implements AutoCloseable {
        private final int number;
        private final OpenedNode node;

        private Lease(int number, OpenedNode node) {
            this.number = number;
            this.node = node;
        }

        OpenedNode node() {
            return node;
        }

        @Override
        public void close() {
            node.close();
            free(number);
        }
    }

    /// Opens a node beside the server's own.
    ///
    /// @throws IOException if no name is free, or none can be had
    Lease open(ErlangNode web) throws IOException {
        String prefix = web.name().substring(0, web.name().indexOf('@')) + "_chat";
        IOException last = new IOException(MOST + " users are in the chat");
        for (int number = take(1); number <= MOST; number = take(number + 1)) {
            boolean opened = false;
            try {
                Lease lease = new Lease(number, web.open(prefix + number));
                opened = true;
                return lease;
            } catch (IOException e) {
                last = e; // Somebody else's node has the name, or EPMD has not heard yet that the last one has ended.
            } finally {
                if (!opened) {
                    free(number);
                }
            }
        }
        throw last;
    }

    private synchronized int take(int from) {
        int number = numbers.nextClearBit(from);
        if (number <= MOST) {
            numbers.set(number);
        }
        return number;
    }

    private synchronized void free(int number) {
        numbers.clear(number);
    }
}
