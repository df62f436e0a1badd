%% The function that all sides call.
-module(bench).
-export([echo/1]).

echo(Term) -> Term.
