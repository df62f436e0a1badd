-module(bench_yaws_own).
-export([out/1]).

out(Arg) ->
    bench_yaws:page(Arg, fun(_, Term) -> bench:echo(Term) end).
