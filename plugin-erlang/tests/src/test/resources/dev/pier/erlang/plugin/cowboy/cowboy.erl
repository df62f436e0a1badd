%% A stand-in for Cowboy's log.
-module(cowboy).
-export([log/2]).

log({log, Level, Format, Arguments}, _Options) -> logger:log(Level, Format, Arguments).
