package dev.pier.sample.callme;

import dev.pier.erlang.Arguments;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Tuple;
import dev.pier.sample.web.Audience;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.util.Map;

/// Registers what Erlang can reach in this application: an exposed function, a process with a handler and a
/// `gen_server`.
///
/// ```erlang
/// rpc:call('web@localhost', useless, myfunction, [1, 2]).       % {hello,[1,2]}
/// gen_server:call({counter, 'web@localhost'}, next).            % 1, then 2, …
/// {callme, 'web@localhost'} ! {any, "message"}.
/// ```
///
/// Each call and message is published to all pages as the event `callme`. Lifecycle: everything registered here ends
/// with the application; after a redeployment, the new version takes over the names.
@WebListener
public final class ErlangSide implements ServletContextListener {
    private static final int MAX_SHOWN = 300;

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        Audience pages = Audience.of(event.getServletContext());
        node.expose("useless", "myfunction", arguments -> hello(arguments, pages));
        node.register("callme", (Message message, ErlangProcess _) -> publish("message", "", message.term(), pages));
        node.register("counter", new Counter(count -> publish("counter", "", count, pages)));
    }

    private static Tuple hello(Arguments arguments, Audience pages) {
        ListTerm terms = new ListTerm(arguments.terms());
        publish("call", arguments.caller(), terms, pages);
        return Tuple.of(Atom.of("hello"), terms);
    }

    private static void publish(String kind, String from, Object content, Audience pages) {
        String text = content.toString();
        String shown = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
        pages.publish("callme", Map.of("kind", kind, "from", from, "text", shown));
    }
}
