package dev.pier.erlang.conformance;

/// Who sends a signal.
public enum By {
    PIER("Pier"),
    ERLANG("Erlang");

    private final String title;

    By(String title) {
        this.title = title;
    }

    @Override
    public String toString() {
        return title;
    }
}
