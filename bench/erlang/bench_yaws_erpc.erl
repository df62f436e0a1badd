-module(bench_yaws_erpc).
-export([out/1]).

out(Arg) ->
    bench_yaws:page(Arg, fun(Backend, Term) -> erpc:call(Backend, bench, echo, [Term]) end).
