package dev.pier.erlang.epmd;

/// A line of EPMD's list of names: a node, without its host, and where it listens.
public record EpmdName(String alive, int port) {}
