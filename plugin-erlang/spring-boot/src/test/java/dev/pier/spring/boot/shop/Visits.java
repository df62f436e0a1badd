package dev.pier.spring.boot.shop;

import dev.pier.erlang.GenServer;
import dev.pier.erlang.Message;
import org.springframework.stereotype.Component;

/// Counts visits, which Erlang reports.
@Component("visits")
class Visits implements GenServer {
    private int count;

    @Override
    public void handleCall(Message request, From from) {
        from.reply(count);
    }

    @Override
    public void handleCast(Message request) {
        count += request.as(int.class);
    }
}
