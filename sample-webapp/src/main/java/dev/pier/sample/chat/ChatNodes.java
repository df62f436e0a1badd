package dev.pier.sample.chat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.OpenedNode;
import java.io.IOException;
import java.util.BitSet;

/// The nodes of the chat's users: `web_chat1@localhost`, `web_chat2@localhost`, …, one for each user.
///
/// Names are numbered and reused instead of taken from the users' nicks: the name of a connecting node becomes an atom
/// in Erlang, where atoms are never freed. Safe for many threads.
final class ChatNodes {
    static final int MAX_USERS = 200;

    private static final Object LOCK = new Object();

    /// The numbers in use. Guarded by `LOCK`.
    private static final BitSet NUMBERS = new BitSet();

    private ChatNodes() {}

    /// A node for one user. Closing it frees its name.
    static final class Lease implements AutoCloseable {
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

    /// Opens a further node of this server with the first free name.
    ///
    /// @throws IOException if [#MAX_USERS] are in use, or EPMD accepts none of the free names
    static Lease open(ErlangNode web) throws IOException {
        String prefix = web.name().substring(0, web.name().indexOf('@')) + "_chat";
        IOException last = new IOException("the chat is full: at most " + MAX_USERS + " users");
        for (int number = take(1); number <= MAX_USERS; number = take(number + 1)) {
            try {
                return new Lease(number, web.open(prefix + number));
            } catch (IOException e) {
                free(number);
                last = e; // Another node has the name, or EPMD has not yet noticed that its last owner has ended.
            } catch (Throwable t) {
                free(number);
                throw t;
            }
        }
        throw last;
    }

    private static int take(int from) {
        synchronized (LOCK) {
            int number = NUMBERS.nextClearBit(from);
            if (number <= MAX_USERS) {
                NUMBERS.set(number);
            }
            return number;
        }
    }

    private static void free(int number) {
        synchronized (LOCK) {
            NUMBERS.clear(number);
        }
    }
}
