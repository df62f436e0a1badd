package dev.pier.erlang.epmd;

/// An entry of EPMD's list of names: the name of a node without its host, and the port where it listens.
public record EpmdName(String alive, int port) {}
