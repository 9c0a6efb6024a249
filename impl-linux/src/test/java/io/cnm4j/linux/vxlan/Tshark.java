package io.cnm4j.linux.vxlan;

import io.cnm4j.linux.TestNetns;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What tshark reads in a file. */
final class Tshark {
    private Tshark() {}

    /** Returns the lines it prints with these options. */
    static String read(Path file, String... options) {
        var command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
        command.addAll(List.of(options));
        String output = TestNetns.inHere(command.toArray(new String[0]));
        return output.lines()
                .filter(line -> !line.startsWith("Running as user"))
                .collect(Collectors.joining("\n"));
    }
}
