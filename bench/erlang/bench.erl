%% What everybody calls.
-module(bench).
-export([echo/1]).

echo(Term) -> Term.
