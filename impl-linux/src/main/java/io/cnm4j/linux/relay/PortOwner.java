package io.cnm4j.linux.relay;

import io.cnm4j.api.model.TransportProtocol;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the program that has a port, in the tables below /proc, proc_pid_net(5). Asked only after a bind was refused. */
final class PortOwner {
    private static final Path PROC = Path.of("/proc");
    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;

    private PortOwner() {}

    /** Returns who has a port in the calling thread's namespace, as a message says it; absent if that cannot be seen. */
    static Optional<String> of(TransportProtocol protocol, int port) {
        try {
            Set<String> sockets = sockets(protocol, port);
            return sockets.isEmpty() ? Optional.empty() : program(sockets);
        } catch (IOException | SecurityException hidden) {
            return Optional.empty();
        }
    }

    /** Returns the links by which a process would have one of the port's sockets open. */
    private static Set<String> sockets(TransportProtocol protocol, int port) throws IOException {
        String end = String.format(Locale.ROOT, ":%04X", port);
        var sockets = new HashSet<String>();
        for (String family : List.of("", "6")) {
            Path table = Path.of("/proc/thread-self/net/" + protocol + family);
            if (!Files.exists(table)) {
                continue;
            }
            for (String line : Files.readAllLines(table)) {
                String[] words = line.trim().split("\\s+", -1);
                if (words.length > INODE && words[LOCAL_ADDRESS].endsWith(end)) {
                    sockets.add("socket:[" + words[INODE] + "]");
                }
            }
        }
        return sockets;
    }

    private static Optional<String> program(Set<String> sockets) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (has(process, sockets)) {
                    return Optional.of("process " + process.getFileName() + " ("
                            + Files.readString(process.resolve("comm")).trim() + ")");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean has(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path fd : open) {
                if (sockets.contains(Files.readSymbolicLink(fd).toString())) {
                    return true;
                }
            }
        } catch (IOException | RuntimeException gone) {
            return false; // it ended, or is another user's
        }
        return false;
    }
}
