package com.example.shop;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.Exposed;
import dev.pier.spring.boot.ErlangListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

@Component
@ErlangModule("orders")
class Orders {
    record Order(String item, int count) {}

    private final Map<String, Integer> ordered = new ConcurrentHashMap<>();

    @ErlangListener("new_orders") // {new_orders, 'shop@localhost'} ! #{item => <<"tea">>, count => 2}
    void ordered(Order order) {
        ordered.merge(order.item(), order.count(), Integer::sum);
    }

    @Exposed // rpc:call('shop@localhost', orders, count, [<<"tea">>])
    int count(String item) {
        return ordered.getOrDefault(item, 0);
    }
}
