package io.cnm4j.examples.quickstart;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A run of an example inside a test, and what it printed. For tests of examples; not beside each other. */
public final class ExampleRun {
    private ExampleRun() {}

    /** The main method of an example. */
    @FunctionalInterface
    public interface Main {
        /** Runs it. */
        void run(String... arguments) throws Exception;
    }

    /** Goes on only as root, be it of a user namespace; otherwise the test is skipped. */
    public static void assumeRoot() throws IOException {
        boolean root = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
        assumeTrue(root, "makes network namespaces; run as root or under unshare -rnm");
    }

    /** Goes on only as root of the machine: what the example starts or opens is closed to the root of a user namespace. */
    public static void assumeRealRoot(String why) throws IOException {
        assumeRoot();
        String[] map = Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+", -1);
        assumeTrue(map.length == 3 && map[2].equals("4294967295"), why + "; run as root of the machine");
    }

    /** Runs an example to its end and returns what it printed. */
    public static String told(Main example, String... arguments) throws Exception {
        PrintStream out = System.out;
        var told = new ByteArrayOutputStream();
        System.setOut(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            example.run(arguments);
        } finally {
            System.setOut(out);
        }
        return told.toString(StandardCharsets.UTF_8);
    }
}
