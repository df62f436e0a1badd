package dev.pier.spring.boot.shop;

import dev.pier.erlang.ErlangModule;
import dev.pier.erlang.Exposed;
import dev.pier.spring.boot.ErlangListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/// Erlang sends orders, and asks how many there are.
@Component
@ErlangModule("orders")
class Orders {
    private final List<Order> received = new CopyOnWriteArrayList<>();

    record Order(String item, int count) {}

    @ErlangListener("new_orders")
    void ordered(Order order) {
        received.add(order);
    }

    @Exposed
    int count(String item) {
        return received.stream()
                .filter(order -> order.item().equals(item))
                .mapToInt(Order::count)
                .sum();
    }
}
