package dev.pier.erlang.call;

import dev.pier.erlang.Charlist;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Peer;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads a module of Pier into a peer that lacks it. The module is sent as source and compiled by the peer, so
/// that the code suits its release. Runs on the calling thread, by ordinary calls.
public final class ModuleLoader {
    private static final Logger log = LoggerFactory.getLogger(ModuleLoader.class);

    private ModuleLoader() {}

    /// Loads the module if the peer does not have it. A failure is only logged, because calls work without the
    /// module.
    ///
    /// @param name such as `pier_stream`
    public static void load(String name, Peer peer) {
        Atom module = Atom.of(name);
        try {
            Term there = peer.call("code", "ensure_loaded", module).term();
            if (there instanceof Tuple answer && answer.is(Atom.ERROR, 2)) {
                peer.call("code", "load_binary", module, new Charlist(name + ".erl"), compile(name, peer));
                log.info("Loaded {} into {}", name, peer.nodeName());
            }
        } catch (ErlangException e) {
            log.warn(
                    "Could not load {} into {}: {}; add the module to the node's release instead",
                    name,
                    peer.nodeName(),
                    e.getMessage());
        }
    }

    private static Binary compile(String name, Peer peer) {
        List<Term> forms = new ArrayList<>();
        List<Term> form = new ArrayList<>();
        Tuple scanned = (Tuple)
                peer.call("erl_scan", "string", new Charlist(source(name))).term();
        for (Term token : ((ListTerm) scanned.get(1)).elements()) {
            form.add(token);
            if (token instanceof Tuple last && last.get(0).equals(Atom.of("dot"))) {
                Tuple parsed = (Tuple)
                        peer.call("erl_parse", "parse_form", new ListTerm(form)).term();
                forms.add(parsed.get(1));
                form.clear();
            }
        }
        Term compiled = peer.call("compile", "forms", new ListTerm(forms)).term();
        if (compiled instanceof Tuple result && result.is(Atom.OK, 3) && result.get(2) instanceof Binary code) {
            return code;
        }
        throw UnexpectedTerm.inAnswer("its source does not compile there: compile:forms/1 answered " + compiled);
    }

    public static String source(String name) {
        try (InputStream in = ModuleLoader.class.getResourceAsStream(name + ".erl")) {
            return new String(Objects.requireNonNull(in, name + ".erl").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
