package io.cnm4j.examples.quickstart;

import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.SandboxSnapshot;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of the system in a sandbox, with its hosts and resolver files where a container has them. */
public final class Inside {
    private static final String MOUNTED =
            "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/resolv.conf && shift 2 && exec \"$@\"";

    private Inside() {}

    /** Starts a program; what it says to its standard error is dropped. */
    public static Process start(Sandbox sandbox, String... words) throws IOException {
        SandboxSnapshot files = sandbox.inspect();
        var command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", MOUNTED, "sh"));
        command.add(files.hostsFile().toString());
        command.add(files.resolvConfFile().toString());
        command.addAll(List.of(words));
        return sandbox.start(new ProcessBuilder(command).redirectError(Redirect.DISCARD));
    }

    /** Starts the main method of a class, which prints a line when it is ready. */
    public static Process start(Sandbox sandbox, Class<?> program, String... arguments) throws IOException {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        words.addAll(List.of(arguments));
        Process process = start(sandbox, words.toArray(String[]::new));
        if (process.inputReader().readLine() == null) {
            throw new IOException(program.getSimpleName() + " did not start");
        }
        return process;
    }

    /** Runs a program to its end; returns what it says to its standard output. */
    public static String run(Sandbox sandbox, String... words) throws IOException {
        Process process = start(sandbox, words);
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
