package dev.pier.sample.web;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.servlet.ServerEvent;
import dev.pier.erlang.servlet.StreamingResponse;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `GET /events`: the events for all pages ([Audience]), as server-sent events for as long as the page is open.
@WebServlet("/events")
public final class EventsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Audience audience = Audience.of(getServletContext());
        Mailbox page = node.mailbox();
        try (page) {
            audience.add(page);
            StreamingResponse.to(response).events(page, this::event);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        } finally {
            audience.remove(page);
        }
    }

    /// `[Name, Data]` as an event of that name.
    private Optional<ServerEvent> event(Message message) {
        return message.term() instanceof ListTerm(List<Term> parts)
                        && parts.size() == 2
                        && parts.get(0) instanceof Binary name
                ? Optional.of(ServerEvent.of(node.read(parts.get(1)))
                        .withName(name.utf8().orElse("")))
                : Optional.empty();
    }

    /// Without this, a `HEAD` request would run the stream for ever: its body is discarded, so no write ever fails.
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) {
        response.setContentType("text/event-stream");
    }
}
