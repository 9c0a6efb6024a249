package io.cnm4j.examples.conformance;

import io.cnm4j.driver.remote.conformance.Conformance;
import io.cnm4j.driver.remote.conformance.Rule;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/** Plays the engine against a plug-in and prints a line for each rule. Run it with {@code examples/run conformance SOCKET}. */
public final class ConformanceCommand {
    private ConformanceCommand() {}

    /** Ends with status 0 if all rules hold, 1 if one is broken, 2 if it was called wrongly. */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: examples/run conformance /run/docker/plugins/NAME.sock");
            System.exit(2);
        }
        System.exit(tell(Path.of(args[0]), System.out) ? 0 : 1);
    }

    /** Prints the verdicts; returns whether all rules that were tried hold. */
    static boolean tell(Path socket, PrintStream out) {
        Map<Rule, String> verdicts;
        try (var conformance = new Conformance(socket)) {
            verdicts = conformance.run();
        }
        for (Rule rule : Rule.values()) {
            String why = verdicts.get(rule);
            String verdict = why == null ? "not tried" : why.isEmpty() ? "holds    " : "BROKEN   ";
            out.println(rule + " " + verdict + " " + rule.text() + (why == null || why.isEmpty() ? "" : ": " + why));
        }
        boolean all = verdicts.values().stream().allMatch(String::isEmpty);
        out.println(all ? "conformance: ok" : "conformance: broken");
        return all;
    }
}
