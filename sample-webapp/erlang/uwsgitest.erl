%% The function that everybody calls first.
-module(uwsgitest).
-export([hello/0]).

-spec hello() -> binary().
hello() -> <<"hello world !">>.
