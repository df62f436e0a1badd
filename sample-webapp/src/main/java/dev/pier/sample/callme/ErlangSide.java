package dev.pier.sample.callme;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Tuple;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/// What Erlang can call of this application. It all ends with the application; a newer version takes it over.
///
/// ```erlang
/// rpc:call('web@localhost', useless, myfunction, [1, 2]).       % {hello,[1,2]}
/// gen_server:call({counter, 'web@localhost'}, next).            % 1, then 2, …
/// ```
@WebListener
public final class ErlangSide implements ServletContextListener {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        node.expose("useless", "myfunction", arguments -> Tuple.of(Atom.of("hello"), new ListTerm(arguments.terms())));
        node.register("counter", new Counter());
    }
}
