package io.cnm4j.api.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A hook that hands a container's network namespace over to its controller, for the runtime's configuration (OCI runtime
 * specification, "POSIX-platform Hooks"), under {@code prestart} or {@code createRuntime}.
 *
 * @param program what the runtime starts, absolute
 * @param arguments its arguments, the first being its name
 * @param timeout how long the runtime should wait for it, at least a second
 * @param socket where the controller listens; who writes hooks of their own connects there
 */
public record RuntimeHook(Path program, List<String> arguments, Duration timeout, Path socket) {
    /** Copies the list. */
    public RuntimeHook {
        arguments = List.copyOf(arguments);
    }

    /** Returns the hook as a JSON object, as it stands in a list of hooks of {@code config.json}. */
    public String json() {
        return "{\"path\": " + quoted(program.toString()) + ", \"args\": ["
                + String.join(", ", arguments.stream().map(RuntimeHook::quoted).toList()) + "], \"timeout\": "
                + timeout.toSeconds() + "}";
    }

    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
