package io.cnm4j.kvstore.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Who holds the lock on a file, as the kernel says it in /proc/locks; asking does not open the file. */
final class LockHolder {
    private static final Path LOCKS = Path.of("/proc/locks");

    private LockHolder() {}

    /** Returns a few words for the process that has a write lock on the file, if there is one that this process can see. */
    static Optional<String> of(Path file) throws IOException {
        String object =
                device((long) Files.getAttribute(file, "unix:dev")) + ":" + Files.getAttribute(file, "unix:ino");
        try (Stream<String> lines = Files.lines(LOCKS)) {
            return lines.map(line -> line.trim().split("\\s+"))
                    .filter(words -> words.length >= 6 && words[1].equals("POSIX") && words[3].equals("WRITE"))
                    .filter(words -> words[5].equals(object))
                    .findFirst()
                    .map(words -> describe(words[4]));
        } catch (NoSuchFileException | java.io.UncheckedIOException e) {
            return Optional.empty(); // no such list here: the lock itself will tell
        }
    }

    private static String device(long number) {
        // makedev(3): the minor number is split around the major one
        return String.format(
                "%02x:%02x",
                (number >>> 8 & 0xfff) | (number >>> 32 & ~0xfff), (number & 0xff) | (number >>> 12 & 0xfff00));
    }

    private static String describe(String pid) {
        if (pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return "this process (pid " + pid + ")";
        }
        String program = ProcessHandle.of(Long.parseLong(pid))
                .flatMap(process -> process.info().command())
                .orElse("unknown program");
        return "process " + pid + " (" + program + ")";
    }
}
