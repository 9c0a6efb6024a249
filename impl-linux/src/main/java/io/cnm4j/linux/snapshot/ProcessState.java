package io.cnm4j.linux.snapshot;

import io.cnm4j.api.error.ConfigurationException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What this process holds, and the file system holds for it, a line for each thing. */
public final class ProcessState {
    /** How reports of open descriptors begin. */
    public static final String DESCRIPTOR = "open descriptor";

    /** How an open socket is reported. */
    public static final String SOCKET = DESCRIPTOR + " of kind socket";

    /** What the JVM opens when it pleases: class path and libraries, its own procfs reads, its random numbers. */
    private static final Pattern OF_THE_JVM =
            Pattern.compile(".*\\.(jar|jmod|so|class)|.*/lib/modules|/proc/.*|/sys/.*|/dev/u?random");

    private ProcessState() {}

    /** Reports the mounts of namespaces below a directory, in this mount namespace. */
    public static void mounts(Path below, Consumer<String> facts) {
        for (String line : readLines(Path.of("/proc/thread-self/mountinfo"))) {
            String[] words = line.split(" ", -1);
            if (line.contains(" - nsfs ")
                    && words.length > 4
                    && Path.of(words[4]).startsWith(below)) {
                facts.accept("mount of " + words[3] + " at " + words[4]);
            }
        }
    }

    /** Reports what lies in the directories; one that is not there holds nothing. */
    public static void files(List<Path> directories, Consumer<String> facts) {
        for (Path directory : directories) {
            try (Stream<Path> all = Files.walk(directory)) {
                all.filter(path -> !path.equals(directory)).forEach(path -> facts.accept("file " + path));
            } catch (NoSuchFileException absent) {
                facts.accept("no directory " + directory);
            } catch (IOException e) {
                throw new ConfigurationException("could not read " + directory + "; look at its permissions", e);
            }
        }
    }

    /** Reports each open descriptor of this process by its kind, or the file it is; those that the JVM opens at will excepted. */
    public static void descriptors(Consumer<String> facts) {
        String[] numbers = new File("/proc/self/fd").list();
        for (String number : numbers == null ? new String[0] : numbers) {
            try {
                String target =
                        Files.readSymbolicLink(Path.of("/proc/self/fd", number)).toString();
                if (!OF_THE_JVM.matcher(target).matches()) {
                    facts.accept(
                            DESCRIPTOR + " of " + (target.startsWith("/") ? "file " + target : "kind " + kind(target)));
                }
            } catch (NoSuchFileException closed) {
                // such as the one with which the list was read
            } catch (IOException e) {
                throw new ConfigurationException("could not read /proc/self/fd; mount procfs", e);
            }
        }
    }

    /** Returns {@code socket} for {@code socket:[1234]}, {@code namespace net} for {@code net:[1234]}. */
    private static String kind(String target) {
        int colon = target.indexOf(':');
        String kind = colon < 0 ? target : target.substring(0, colon);
        return switch (kind) {
            case "anon_inode" -> target;
            case "net", "mnt", "user", "pid" -> "namespace " + kind;
            default -> kind;
        };
    }

    private static List<String> readLines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new ConfigurationException("could not read " + path + "; mount procfs", e);
        }
    }
}
