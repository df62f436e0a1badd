package dev.pier.erlang.call;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the process `user` of a peer, once per connection: the output of called functions goes there, as it does for
/// `rex`. Runs on the thread of the first call.
public final class GroupLeaderLookup {
    private static final Logger log = LoggerFactory.getLogger(GroupLeaderLookup.class);

    private static final Atom WHEREIS = Atom.of("whereis");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final DecodeLimits SMALL = new DecodeLimits(16, 4096, 100, 64);

    private GroupLeaderLookup() {}

    /// The group leader for processes that are spawned on the peer.
    ///
    /// If the peer has no process `user`, it is a pid without a process: functions that print then fail,
    /// rather than wait for an answer that never comes.
    public static Pid of(Session session, long deadlineNanos) throws ConnectionEnded {
        Pid known = session.groupLeader().orElse(null);
        return known != null ? known : find(session, deadlineNanos);
    }

    private static Pid find(Session session, long deadlineNanos) throws ConnectionEnded {
        Pid leader = session.nodePid();
        FunctionCall whereis =
                new FunctionCall(session.peer(), WellKnownAtoms.ERLANG, WHEREIS, 1, GroupLeaderLookup::writeArguments);
        PendingCall call = CallStrategy.SPAWNED.start(session, whereis, leader);
        try {
            long now = System.nanoTime();
            long until = now + Math.min(TIMEOUT.toNanos(), deadlineNanos - now);
            if (call.await(until, TIMEOUT, SMALL).decode(SMALL) instanceof Pid user) {
                leader = user;
            } else {
                log.info("{} has no 'user' process; output of called functions is discarded", session);
            }
            session.groupLeader(leader);
        } catch (CallCancelled e) {
            throw e;
        } catch (CallTimeout | ConnectionLost e) {
            log.debug("The search for the 'user' process was not answered; the next call repeats it", e);
        } catch (ErlangException e) {
            log.info(
                    "{} does not tell its 'user' process; output of called functions is discarded: {}",
                    session,
                    e.getMessage());
            session.groupLeader(leader);
        }
        return leader;
    }

    private static void writeArguments(EtfOutput out) {
        TermEncoder.encodeListHeader(1, out);
        TermEncoder.encodeAtom(WellKnownAtoms.USER, out);
        TermEncoder.encodeNil(out);
    }
}
