#!/usr/bin/env escript
%% -*- coding: utf-8 -*-
%%! +pc unicode
%% What Erlang itself makes of terms. Reads and writes files of packets: a length of four bytes, then the bytes.
%%
%%   text  IN OUT   external terms in, their text out
%%   parse IN OUT   texts in, external terms out

-mode(compile).

main(["text", In, Out]) ->
    Format = text_format(),
    write(Out, [unicode:characters_to_binary(io_lib:format(Format, [binary_to_term(Packet)])) || Packet <- read(In)]);
main(["parse", In, Out]) ->
    write(Out, [encode(parse(unicode:characters_to_list(Packet))) || Packet <- read(In)]).

%% The keys of a map in the order of terms, as all small maps had them before OTP 26.
text_format() ->
    case list_to_integer(erlang:system_info(otp_release)) of
        Release when Release >= 26 -> "~0ktp";
        _ -> "~0tp"
    end.

encode(Term) ->
    term_to_binary(Term, [{minor_version, 2}, deterministic]).

parse(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ " ."),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.

read(File) ->
    {ok, Bytes} = file:read_file(File),
    [Packet || <<Size:32, Packet:Size/binary>> <= Bytes].

write(File, Packets) ->
    ok = file:write_file(File, [[<<(byte_size(Packet)):32>>, Packet] || Packet <- Packets]).
