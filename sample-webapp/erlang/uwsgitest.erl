%% The function of the card Hello.
-module(uwsgitest).
-export([hello/0]).

-spec hello() -> binary().
hello() -> <<"hello world !">>.
