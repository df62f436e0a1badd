package dev.pier.erlang.etf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// JSON texts in the categories that JSON parsing test suites use: those that every parser must accept (`y`), those
/// that every parser must reject (`n`), and those about which RFC 8259 leaves the choice, with the choice made here
/// (`i`).
public final class JsonCorpus {
    /// A text.
    ///
    /// @param name `y_…`, `n_…` or `i_…`, unique
    /// @param accepted whether it becomes a term here
    @SuppressWarnings("ArrayRecordComponent") // The samples are not compared.
    public record Sample(String name, byte[] utf8, boolean accepted) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final List<Sample> samples = new ArrayList<>();

    private JsonCorpus() {}

    public static List<Sample> all() {
        JsonCorpus corpus = new JsonCorpus();
        corpus.structures();
        corpus.numbers();
        corpus.texts();
        corpus.bytes();
        corpus.choices();
        return List.copyOf(corpus.samples);
    }

    private void y(String name, String text) {
        add("y_" + name, text.getBytes(StandardCharsets.UTF_8), true);
    }

    private void n(String name, String text) {
        add("n_" + name, text.getBytes(StandardCharsets.UTF_8), false);
    }

    private void n(String name, byte[] bytes) {
        add("n_" + name, bytes, false);
    }

    private void add(String name, byte[] bytes, boolean accepted) {
        samples.add(new Sample(name, bytes, accepted));
    }

    /// Bytes from text in which a character stands for the byte of its number.
    private static byte[] raw(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void structures() {
        y("array_empty", "[]");
        y("array_empty_with_space", " [ \t\r\n ] ");
        y("array_of_all_kinds", "[null, 1, \"1\", true, false, {}, []]");
        y("array_nested", "[[[[[1]]]], [[2]]]");
        y("array_lines", "[1\n,\n2\r\n,3]");
        y("object_empty", "{}");
        y("object_empty_name", "{\"\":0}");
        y("object_members", "{\"a\":1,\"b\":{\"a\":2},\"c\":[{\"a\":3}]}");
        y("object_space_everywhere", "{ \"a\" : 1 , \"b\" : 2 }");
        y("object_same_names_in_two_objects", "[{\"a\":1},{\"a\":2}]");
        y("object_names_that_differ_in_case", "{\"a\":1,\"A\":2}");
        y("object_ten_members", "{\"0\":0,\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9}");
        y("scalar_true", "true");
        y("scalar_false", "false");
        y("scalar_null", "null");
        y("scalar_number", "42");
        y("scalar_text", "\"text\"");
        y("space_before_and_after", "\n\t 1 \r\n");
        n("nothing", "");
        n("space_only", "  \n");
        n("array_open", "[");
        n("array_open_after_value", "[1");
        n("array_open_after_comma", "[1,");
        n("array_close_only", "]");
        n("array_trailing_comma", "[1,]");
        n("array_leading_comma", "[,1]");
        n("array_two_commas", "[1,,2]");
        n("array_comma_only", "[,]");
        n("array_no_comma", "[1 2]");
        n("array_colon", "[1:2]");
        n("array_closed_twice", "[1]]");
        n("array_closed_as_object", "[1}");
        n("object_open", "{");
        n("object_name_only", "{\"a\"");
        n("object_no_value", "{\"a\":");
        n("object_no_value_closed", "{\"a\":}");
        n("object_no_colon", "{\"a\" 1}");
        n("object_comma_for_colon", "{\"a\",1}");
        n("object_two_colons", "{\"a\"::1}");
        n("object_trailing_comma", "{\"a\":1,}");
        n("object_leading_comma", "{,\"a\":1}");
        n("object_two_commas", "{\"a\":1,,\"b\":2}");
        n("object_name_is_a_number", "{1:1}");
        n("object_name_without_quotes", "{a:1}");
        n("object_name_in_single_quotes", "{'a':1}");
        n("object_name_is_null", "{null:1}");
        n("object_closed_as_array", "{\"a\":1]");
        n("object_value_only", "{1}");
        n("two_values", "1 2");
        n("two_objects", "{}{}");
        n("text_after_object", "{}x");
        n("comment_after", "[1]//x");
        n("comment_inside", "[1/*x*/]");
        n("comment_hash", "[1]#x");
        n("word_in_capitals", "TRUE");
        n("word_cut", "tru");
        n("word_longer", "truex");
        n("word_unknown", "nul");
        n("word_undefined", "undefined");
        n("open_braces_and_brackets", "[{\"\":[{\"\":[{\"\":");
        n("space_form_feed", "[\f1]");
        n("space_vertical_tab", "[\u000b1]");
        n("space_no_break", "[\u00a01]");
        n("space_byte_order_mark_inside", "[\ufeff1]");
        n("separator_semicolon", "[1;2]");
        n("single_quotes", "['a']");
        n("star", "[*]");
        n("backslash_outside", "[\\u0031]");
    }

    private void numbers() {
        y("number_zero", "0");
        y("number_minus_zero", "-0");
        y("number_minus_zero_float", "-0.0");
        y("number_minus_one", "-1");
        y("number_float", "123.456");
        y("number_short_float", "0.1");
        y("number_exponent", "1e5");
        y("number_exponent_capital", "1E22");
        y("number_exponent_plus", "1e+2");
        y("number_exponent_minus", "1e-2");
        y("number_exponent_leading_zero", "1e01");
        y("number_float_with_exponent", "123.456e78");
        y("number_largest_float", "1.7976931348623157e308");
        y("number_smallest_float", "4.9E-324");
        y("number_smallest_normal_float", "2.2250738585072014E-308");
        y("number_half_way", "9007199254740993.0");
        y("number_rounding", "0.30000000000000004");
        y("number_23_digits", "1.2345678901234567890123");
        y("number_long_min", "-9223372036854775808");
        y("number_long_max", "9223372036854775807");
        y("number_unsigned_long", "18446744073709551615");
        y("number_19_digits", "1000000000000000000");
        y("number_40_digits", "-1234567890123456789012345678901234567890");
        y("number_zero_with_exponent", "0e10");
        y("number_zero_point_with_exponent", "0.0e-10");
        y("number_before_bracket", "[1]");
        n("number_leading_zero", "012");
        n("number_two_zeros", "00");
        n("number_minus_leading_zero", "-012");
        n("number_plus", "+1");
        n("number_minus_only", "-");
        n("number_minus_space", "- 1");
        n("number_two_minus", "--1");
        n("number_minus_word", "-x");
        n("number_point_first", ".5");
        n("number_minus_point", "-.5");
        n("number_point_last", "1.");
        n("number_point_exponent", "1.e1");
        n("number_two_points", "1.2.3");
        n("number_exponent_empty", "1e");
        n("number_exponent_sign_only", "1e+");
        n("number_exponent_two_signs", "1e+-2");
        n("number_exponent_point", "1e1.5");
        n("number_exponent_twice", "1e1e1");
        n("number_hexadecimal", "0x10");
        n("number_with_letter", "1a");
        n("number_with_underscore", "1_000");
        n("number_nan", "NaN");
        n("number_infinity", "Infinity");
        n("number_minus_infinity", "-Infinity");
        n("number_inf", "inf");
        n("number_full_width_digit", "\uff11");
        n("number_suffix", "1L");
    }

    private void texts() {
        y("text_empty", "\"\"");
        y("text_all_escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"");
        y("text_unicode_escape", "\"\\u0041\\u00e9\\u20AC\"");
        y("text_escaped_null", "\"\\u0000\"");
        y("text_escaped_control", "\"\\u001f\\u007f\"");
        y("text_escaped_pair", "\"\\ud83d\\ude00\"");
        y("text_escaped_pair_between", "\"a\\uD834\\uDD1Eb\"");
        y("text_escaped_backslash_u", "\"\\\\u0041\"");
        y("text_two_bytes", "\"\u00fc\"");
        y("text_three_bytes", "\"\u20ac\"");
        y("text_four_bytes", "\"\ud83d\ude00\"");
        y("text_noncharacter", "\"\uffff\"");
        y("text_line_separator", "\"\u2028\u2029\"");
        y("text_delete", "\"\u007f\"");
        y("text_slash", "\"a/b\"");
        y("text_seven", "\"1234567\"");
        y("text_eight", "\"12345678\"");
        y("text_escape_at_eight", "\"1234567\\n9\"");
        y("text_long", "\"" + "0123456789\u00e4\\n".repeat(500) + "\"");
        y("text_name_with_escapes", "{\"a\\n\\u00fc\":1}");
        n("text_open", "\"abc");
        n("text_open_after_escape", "\"abc\\\"");
        n("text_open_backslash", "\"abc\\");
        n("text_one_quote", "\"");
        n("text_newline", "\"a\nb\"");
        n("text_tab", "\"a\tb\"");
        n("text_null_byte", "\"a\u0000b\"");
        n("text_control_late", "\"12345678\u001f\"");
        n("text_escape_unknown", "\"\\x41\"");
        n("text_escape_capital", "\"\\U0041\"");
        n("text_escape_apostrophe", "\"\\'\"");
        n("text_escape_digit", "\"\\0\"");
        n("text_escape_umlaut", "\"\\\u00fc\"");
        n("text_unicode_short", "\"\\u00e\"");
        n("text_unicode_cut", "\"\\u00");
        n("text_unicode_not_hex", "\"\\u00g0\"");
        n("text_unicode_sign", "\"\\u+041\"");
        n("text_unicode_full_width", "\"\\u\uff10\uff10\uff14\uff11\"");
    }

    private void bytes() {
        n("utf8_single_continuation", raw("\"\u0080\""));
        n("utf8_cut", raw("\"\u00c3\""));
        n("utf8_cut_at_end", raw("\"\u00e2\u0082"));
        n("utf8_overlong_slash", raw("\"\u00c0\u00af\""));
        n("utf8_overlong_three", raw("\"\u00e0\u0080\u00af\""));
        n("utf8_overlong_null", raw("\"\u00c0\u0080\""));
        n("utf8_surrogate", raw("\"\u00ed\u00a0\u0080\""));
        n("utf8_beyond_unicode", raw("\"\u00f4\u0090\u0080\u0080\""));
        n("utf8_five_bytes", raw("\"\u00f8\u0088\u0080\u0080\u0080\""));
        n("utf8_byte_ff", raw("\"\u00ff\""));
        n("utf8_latin1", raw("\"\u00e9\""));
        n("utf8_in_name", raw("{\"\u00ff\":1}"));
        n("utf8_outside", raw("[\u00ff]"));
        n("utf16_big_endian", raw("\u0000[\u00001\u0000]"));
        n("utf16_little_endian", raw("[\u00001\u0000]\u0000"));
        n("utf16_byte_order_mark", raw("\u00fe\u00ff\u0000[\u0000]"));
        n("utf32", raw("\u0000\u0000\u0000[\u0000\u0000\u0000]"));
        n("null_bytes", raw("\u0000"));
        n("null_byte_after", raw("[]\u0000"));
    }

    /// Cases that RFC 8259 leaves open, with the choice made here.
    private void choices() {
        i("byte_order_mark", raw("\u00ef\u00bb\u00bf[]"), false);
        i("byte_order_mark_only", raw("\u00ef\u00bb\u00bf"), false);
        i("object_name_twice", "{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8), false);
        i("object_name_twice_escaped", "{\"a\":1,\"\\u0061\":2}".getBytes(StandardCharsets.UTF_8), false);
        i("object_name_twice_of_many", manyNames("n7").getBytes(StandardCharsets.UTF_8), false);
        i("object_many_names", manyNames("other").getBytes(StandardCharsets.UTF_8), true);
        i("lone_high_surrogate", "\"\\ud83d\"".getBytes(StandardCharsets.UTF_8), false);
        i("lone_low_surrogate", "\"\\ude00\"".getBytes(StandardCharsets.UTF_8), false);
        i("high_surrogate_twice", "\"\\ud83d\\ud83d\"".getBytes(StandardCharsets.UTF_8), false);
        i("high_surrogate_and_letter", "\"\\ud83dx\"".getBytes(StandardCharsets.UTF_8), false);
        i("surrogates_swapped", "\"\\ude00\\ud83d\"".getBytes(StandardCharsets.UTF_8), false);
        i("high_surrogate_and_escape", "\"\\ud83d\\n\"".getBytes(StandardCharsets.UTF_8), false);
        i("number_too_large", "1e400".getBytes(StandardCharsets.UTF_8), false);
        i("number_too_small_below", "-1e400".getBytes(StandardCharsets.UTF_8), false);
        i("number_rounds_up_to_infinity", "1.7976931348623159e308".getBytes(StandardCharsets.UTF_8), false);
        i("number_tiny_is_zero", "1e-400".getBytes(StandardCharsets.UTF_8), true);
        i("number_huge_exponent", "1e99999999999".getBytes(StandardCharsets.UTF_8), false);
        i("number_huge_negative_exponent", "1e-99999999999".getBytes(StandardCharsets.UTF_8), true);
        i("number_1000_digits", "9".repeat(1000).getBytes(StandardCharsets.UTF_8), true);
        i("number_1001_digits", "9".repeat(1001).getBytes(StandardCharsets.UTF_8), false);
        i("number_1001_digits_after_point", ("0." + "1".repeat(1000)).getBytes(StandardCharsets.UTF_8), false);
        i("nested_100", nested(100).getBytes(StandardCharsets.UTF_8), true);
        i("nested_101", nested(101).getBytes(StandardCharsets.UTF_8), false);
        i("nested_100000_open", "[".repeat(100_000).getBytes(StandardCharsets.UTF_8), false);
    }

    private void i(String name, byte[] bytes, boolean accepted) {
        add("i_" + name, bytes, accepted);
    }

    private static String nested(int levels) {
        return "[".repeat(levels) + "1" + "]".repeat(levels);
    }

    private static String manyNames(String last) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 50; i++) {
            json.append("\"n").append(i).append("\":").append(i).append(',');
        }
        return json.append('"').append(last).append("\":0}").toString();
    }
}
