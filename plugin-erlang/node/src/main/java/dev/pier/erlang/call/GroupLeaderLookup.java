package dev.pier.erlang.call;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the process `user` of a peer, once a connection: what functions print that we call goes there, as it does for
/// `rex`. Runs on the thread of the first call.
public final class GroupLeaderLookup {
    private static final Logger log = LoggerFactory.getLogger(GroupLeaderLookup.class);

    private static final Atom ERLANG = Atom.of("erlang");
    private static final Atom WHEREIS = Atom.of("whereis");
    private static final Atom USER = Atom.of("user");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final DecodeLimits SMALL = new DecodeLimits(16, 4096, 100, 64);

    private GroupLeaderLookup() {}

    /// The group leader for processes on the peer.
    ///
    /// Where there is none to be found it is a pid that is no process: what prints then fails, rather than wait for
    /// an answer that nobody gives.
    public static Pid of(Session session, long deadline) throws ConnectionEnded {
        Pid known = session.groupLeader().orElse(null);
        return known != null ? known : find(session, deadline);
    }

    private static Pid find(Session session, long deadline) throws ConnectionEnded {
        Pid leader = session.nodePid();
        ErpcCall call = ErpcCall.spawn(session, leader, ERLANG, WHEREIS, GroupLeaderLookup::arguments);
        try {
            long until = System.nanoTime() + Math.min(PATIENCE_NANOS, deadline - System.nanoTime());
            ErpcCall.Outcome outcome = call.await(until);
            if (outcome instanceof ErpcCall.Outcome.Exited(EncodedTerm reason)
                    && new ErpcResult("whereis(user)", call.tag(), SMALL)
                                    .value(reason)
                                    .decode(SMALL)
                            instanceof Pid user) {
                leader = user;
                session.groupLeader(leader);
            } else if (outcome == null) {
                call.abandon();
            } else if (!(outcome instanceof ErpcCall.Outcome.Lost)) {
                log.info("{} has no process 'user': what functions print that are called there is lost", session);
                session.groupLeader(leader);
            }
        } catch (InterruptedException e) {
            call.abandon();
            Thread.currentThread().interrupt();
            throw new CallCancelled("the calling thread was interrupted", e);
        } catch (ErlangException e) {
            log.info("{} does not tell its process 'user': {}", session, e.getMessage());
            session.groupLeader(leader);
        }
        return leader;
    }

    private static void arguments(EtfOutput out) {
        TermEncoder.encodeListHeader(1, out);
        TermEncoder.encodeAtom(USER, out);
        TermEncoder.encodeNil(out);
    }
}
