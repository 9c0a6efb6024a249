package io.cnm4j.benchmarks.dns;

import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program in C that asks and echoes: {@code benchmarks/src/main/c/dns.c}. */
final class BareProgram implements AutoCloseable {
    private static final Path SOURCE = Path.of("benchmarks/src/main/c/dns.c");
    private static final String ADDRESS = "127.0.0.11";

    private final Path program;

    /**
     * What came of asking for a while.
     *
     * @param answers how many there were
     * @param nanos how long it took
     * @param lost questions without the answer that they should have
     */
    record Answers(long answers, long nanos, long lost) {
        /** Returns the time for each. */
        long each() {
            return nanos / Math.max(1, answers);
        }
    }

    BareProgram() throws IOException {
        program = Files.createTempDirectory("cnm4j-bench").resolve("dns");
        try {
            output(List.of("cc", "-O2", "-o", program.toString(), SOURCE.toString()));
        } catch (IOException noCompiler) {
            close();
            throw new IOException("the floor is in C: apt-get install gcc libc6-dev", noCompiler);
        }
    }

    private List<String> command(NamespaceRef sandbox, String... words) {
        var command = new ArrayList<>(List.of("nsenter", "--net=" + sandbox.path(), program.toString()));
        command.addAll(List.of(words));
        return command;
    }

    /** Starts an echo, which lasts until the process is ended. */
    Process echo(NamespaceRef sandbox, int port) throws IOException {
        Process process = new ProcessBuilder(command(sandbox, "echo", ADDRESS, String.valueOf(port))).start();
        if (process.getInputStream().read() < 0) {
            throw new IOException("the echo does not start");
        }
        return process;
    }

    /** Asks for names, of so many, and waits until the time is over. */
    Answers ask(NamespaceRef sandbox, int port, int names, double seconds, int records) throws IOException {
        String[] words = output(command(
                        sandbox,
                        "ask",
                        ADDRESS,
                        String.valueOf(port),
                        String.valueOf(names),
                        String.valueOf(seconds),
                        String.valueOf(records)))
                .split(" ", -1);
        return new Answers(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    private static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(program);
        Files.delete(program.getParent());
    }
}
