package dev.pier.assembly.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The cards Hello, Console, Echo, Call me, Guest book and Mounted, and errors of the card Node.
class CardsIT {
    @RegisterExtension
    static final RunningSample sample = RunningSample.withPlug();

    @Test
    void helloShowsBothStyles() {
        Browser browser = sample.browse();

        browser.click("#hello button.first");

        for (String style : new String[] {"connected", "fast"}) {
            String row = "#hello [data-style=" + style + "] ";
            browser.awaitText(row + ".answer", "hello world !");
            browser.await(row + ".took", took -> took.matches("[0-9.]+ (µs|ms|s)"));
        }
    }

    @Test
    void theConsoleAcceptsArgumentsInBothNotations() {
        Browser browser = sample.browse();

        browser.choose("#console select", "lists:reverse");
        browser.write("#console textarea", "[[1, \"two\", null]]");
        browser.click("#console button.first");
        browser.awaitText("#console .part.erlang .output", "[undefined,<<\"two\">>,1]");
        browser.awaitText("#console .part.json .output", "[null,\"two\",1]");

        browser.click("#console input[value=erlang]");
        browser.write("#console textarea", "[[{ok, 2.5}, <<\"<i>x</i>\">>]]");
        browser.click("#console button.first");
        browser.awaitText("#console .part.erlang .output", "[<<\"<i>x</i>\">>,{ok,2.5}]");
    }

    @Test
    void theConsoleShowsTheStackTraceOfAnError() {
        Browser browser = sample.browse();

        browser.choose("#console select", "pier_sample:fail");
        browser.click("#console button.first");

        browser.awaitText("#console .part.failure", "{failed,<<\"on purpose\">>}");
        browser.await(
                "#console .part.stack .output",
                stack -> stack.lines()
                        .findFirst()
                        .orElse("")
                        .matches("pier_sample:fail/1 \\(.*pier_sample\\.erl:[0-9]+\\)"));
    }

    @Test
    void theConsoleRefusesAtomsInvalidTermsAndUnlistedFunctions() {
        Browser browser = sample.browse();

        browser.click("#console input[value=erlang]");
        browser.write("#console textarea", "[made_up_in_a_browser]");
        browser.click("#console button.first");
        browser.awaitText("#console .problem", "the atom made_up_in_a_browser is not allowed");
        browser.write("#console textarea", "[1, ");
        browser.click("#console button.first");
        browser.awaitText("#console .problem", "invalid Erlang term:");
        browser.write("#console textarea", "[]");
        browser.run("document.querySelector('#console select').append(new Option('os:cmd', 'os:cmd', true, true))");
        browser.click("#console button.first");
        browser.awaitText("#console .problem", "os:cmd is not on the list");

        assertThat(browser.errors()).hasSize(3).allMatch(error -> error.matches(".*status of 40[03].*"));
        assertThat(sample.erlang()
                        .eval("catch binary_to_existing_atom(iolist_to_binary([\"made_up_\", \"in_a_browser\"]))"))
                .startsWith("{'EXIT',{badarg,");
    }

    @Test
    void anEchoReachesOnlyThePageThatSentTheText() {
        Browser one = sample.browse();
        Browser other = sample.browse();

        one.write("#echo-text", "<b>for one</b>");
        one.click("#echo button.first");
        other.write("#echo-text", "for the other");
        other.click("#echo button.first");

        one.awaitText("#echo .log", "<b>for one</b>");
        other.awaitText("#echo .log", "for the other");
        assertThat(one.text("#echo .log")).doesNotContain("for the other");
        assertThat(one.all("#echo .log p")).hasSize(1);
    }

    @Test
    void aMountedApplicationAnswersWordByWord() {
        Browser browser = sample.browse();

        browser.write("#mounted-words", "<b>one</b> J\u00f6rg .. 100%");
        browser.click("#mounted button.first");

        browser.await(
                "#mounted .log",
                log -> log.contains("/mounted on " + sample.erlang().nodeName() + ", without a servlet")
                        && log.contains("<b>one<")
                        && log.contains("J\u00f6rg")
                        && log.endsWith("100"));
    }

    @Test
    void aMountedPlugSaysWhichUsersAreInTheChat() {
        Browser browser = sample.browse();

        browser.click("#mounted .plug button");

        browser.awaitText("#mounted .log", "The chat on " + sample.erlang().nodeName() + " has no users.");
    }

    @Test
    void anOpenPageContinuesAfterARedeployment() {
        Browser browser = sample.browse();
        browser.write("#echo-text", "to the old one");
        browser.click("#echo button.first");
        browser.awaitText("#echo .log", "to the old one");
        String next = "gen_server:call({counter, '" + sample.pier().node() + "'}, next)";
        assertThat(sample.erlang().eval(next + ", " + next)).isNotEqualTo("1");

        sample.pier().deploySample();
        Await.value("an answer of the new version", () -> sample.erlang().eval(next), "1"::equals);
        browser.write("#echo-text", "to the new one");
        browser.click("#echo button.first");

        browser.awaitText("#echo .log", "to the new one");
        // The stream of events moves to the new version when the old one has ended.
        Await.until("an event of the new version", () -> {
            sample.erlang().eval("{callme, '" + sample.pier().node() + "'} ! after_the_redeployment");
            return browser.text("#callme .log").contains("after_the_redeployment");
        });
    }

    @Test
    void callsAndMessagesFromErlangAppearOnEveryPage() {
        Browser one = sample.browse();
        Browser other = sample.browse();
        String node = "'" + sample.pier().node() + "'";
        assertThat(one.text("#callme .lines")).contains("rpc:call(" + node + ", useless, myfunction, [1,2]).");

        assertThat(sample.erlang().eval("rpc:call(" + node + ", useless, myfunction, [<<\"from a shell\">>])"))
                .isEqualTo("{hello,[<<\"from a shell\">>]}");
        sample.erlang().eval("{callme, " + node + "} ! {any, [\"message\", 1]}");

        for (Browser browser : new Browser[] {one, other}) {
            browser.awaitText(
                    "#callme .log",
                    "[<<\"from a shell\">>] from " + sample.erlang().nodeName());
            browser.awaitText("#callme .log", "{any,[\"message\",1]}");
        }
        one.click("#callme button[value=call]");
        one.awaitText("#callme .lines li:first-child .answer", "{hello,[1,2]}");
        other.awaitText("#callme .log", "[1,2] from");
    }

    @Test
    void theGuestBookShowsNewEntriesAndPages() {
        Browser browser = sample.browse();
        for (int i = 1; i <= 7; i++) {
            browser.write("#guest-name", "Guest " + i);
            browser.write("#guest-text", "<script>alert(" + i + ")</script>");
            browser.click("#guestbook button.first");
            browser.awaitText("#guestbook .entries li:first-child", "Guest " + i);
        }
        assertThat(browser.text("#guestbook .entries li:first-child")).contains("<script>alert(7)</script>");
        assertThat(browser.all("#guestbook .entries li")).hasSize(5);

        browser.click("#guestbook button.older");
        browser.awaitText("#guestbook .entries li:first-child", "Guest 2");
        browser.click("#guestbook button.newer");
        browser.awaitText("#guestbook .entries li:first-child", "Guest 7");
        assertThat(browser.one("#guestbook button.newer").isEnabled()).isFalse();
        browser.click("#guestbook button.older");
        browser.awaitText("#guestbook .entries li:first-child", "Guest 2");
        browser.click("#guestbook button.newest");
        browser.awaitText("#guestbook .entries li:first-child", "Guest 7");
        assertThat(browser.text("#guestbook .total")).isEqualTo("7 entries");
    }

    @Test
    void aFullGuestBookRefusesEntries() {
        Browser browser = sample.browse();
        sample.erlang().eval("ok = mnesia:dirty_write({guestbook, 10000, 0, <<\"Joe\">>, <<\"The last one.\">>})");
        try {
            browser.write("#guest-name", "Late");
            browser.write("#guest-text", "Is there room?");
            browser.click("#guestbook button.first");

            browser.awaitText("#guestbook form .problem", "the guest book is full");
            assertThat(browser.errors()).singleElement().asString().contains("409");
        } finally {
            sample.erlang().eval("ok = mnesia:dirty_delete(guestbook, 10000)");
        }
    }

    @Test
    void theGuestBookRefusesATextThatIsTooLong() {
        Browser browser = sample.browse();
        browser.run("document.querySelector('#guest-text').removeAttribute('maxlength')");
        browser.write("#guest-name", "Guest");
        browser.run("document.querySelector('#guest-text').value = 'x'.repeat(501)");

        browser.click("#guestbook button.first");

        browser.awaitText("#guestbook form .problem", "text is too long: at most 500 characters");
        assertThat(browser.errors()).singleElement().asString().contains("400");
    }

    @Test
    void aNodeThatDoesNotPermitItIsNotKilled() {
        Browser browser = sample.browse();
        browser.await("#node .immortal", text -> !text.isEmpty());
        assertThat(browser.one("#node button.danger").isEnabled()).isFalse();

        browser.run("document.querySelector('#node button.danger').disabled = false");
        browser.click("#node button.danger");

        browser.awaitText("#node .connection .problem", "This node does not permit it");
        assertThat(browser.errors()).singleElement().asString().contains("403");
        assertThat(sample.erlang().eval("alive")).isEqualTo("alive");
    }
}
