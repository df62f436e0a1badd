package dev.pier.server.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Describes why a configuration cannot be read, in sentences that have no value of the file.
///
/// The messages of the parser quote what they do not expect: for a mistake near a secret, the secret. So each of them
/// is replaced by a fixed sentence, to which at most a punctuation mark is added.
final class HoconProblem {
    /// What is wrong if the parser has no more stack.
    static final String TOO_DEEP = "sections or lists are nested too deeply";

    /// What to say for the messages of the parser that match; the first match counts.
    private static final Map<Pattern, String> SENTENCES = new LinkedHashMap<>();

    static {
        say("JSON does not allow unescaped|quote was still open", "a double quote is not closed");
        say("Reserved character", "a reserved character stands outside double quotes");
        say("^Expecting a value", "a value is missing");
        say("^Expecting close brace } or a field", "a key or } is missing");
        say("^Expecting close brace }", "the value has not ended: a comma, a line break or } is missing");
        say("^Expecting end of input", "the value has not ended: a comma or a line break is missing");
        say("^expecting a field name", "a key is missing after the comma");
        say("^unbalanced close brace", "there is a } without a {");
        say("^Key '", "after the key, = or { is missing");
        say("^List should", "in the list, a comma or ] is missing");
        say("^include statements nested", "the included files include each other");
        say("^(expecting )?include ", "after include, a file name in double quotes is missing");
        say("^Cannot concatenate", "values of different kinds are joined: += adds to lists only");
        say("^Invalid path", "a key is malformed");
    }

    private static void say(String message, String sentence) {
        SENTENCES.put(Pattern.compile(message), sentence);
    }

    private static final Pattern PUNCTUATION =
            Pattern.compile("(?:got|token:) (?:wrong token: )?('[\\[\\]{},:=+]+'|end of file)");
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{\\??([^}]*)}");

    /// Other names are text in which a quote or a brace is missing.
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    private HoconProblem() {}

    /// @param message the message of the parser, without its origin
    /// @param parsed the contents before references were resolved; null if they could not be parsed
    static String describe(ConfigException e, String message, @Nullable ConfigObject parsed) {
        if (e instanceof ConfigException.UnresolvedSubstitution) {
            return reference(message, e.origin(), parsed);
        }
        String sentence = SENTENCES.entrySet().stream()
                .filter(entry -> entry.getKey().matcher(message).find())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("not valid HOCON");
        Matcher found = PUNCTUATION.matcher(message);
        return sentence + (found.find() ? ", found " + found.group(1) : "")
                + ". Text with special characters belongs into double quotes";
    }

    private static String reference(String message, @Nullable ConfigOrigin origin, @Nullable ConfigObject parsed) {
        Matcher found = REFERENCE.matcher(message);
        if (message.contains("cycle")) {
            return "references form a cycle";
        }
        String name = found.find() ? found.group(1) : "";
        if (!PLAIN_NAME.matcher(name).matches() || origin == null || parsed == null || hasSecretAt(parsed, origin)) {
            return "a reference ${…} names nothing that is set. Its name may be a secret and is not shown";
        }
        return "${" + name + "} is not set. Set the environment variable, or write ${?" + name + "} if it is optional";
    }

    /// Whether a secret has its value at a place of a file.
    private static boolean hasSecretAt(ConfigObject values, ConfigOrigin origin) {
        try {
            for (Map.Entry<String, ConfigValue> entry : values.entrySet()) {
                ConfigValue value = entry.getValue();
                boolean here = Secrets.isSecret(entry.getKey()) && isSameLine(value.origin(), origin);
                if (here || (value instanceof ConfigObject section && hasSecretAt(section, origin))) {
                    return true;
                }
            }
            return false;
        } catch (ConfigException.NotResolved _) {
            return true;
        }
    }

    private static boolean isSameLine(ConfigOrigin one, ConfigOrigin other) {
        return one.description().equals(other.description());
    }
}
