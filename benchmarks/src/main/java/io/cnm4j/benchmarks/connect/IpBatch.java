package io.cnm4j.benchmarks.connect;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.benchmarks.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The reader's yardstick: the same sandbox by {@code ip -batch}, one process for the host's side and one for the inside. */
final class IpBatch {
    private static final int LAST_OCTETS = 0xff00;

    private final Path directory;
    private final String bridge;
    private final IpAddress gateway;

    IpBatch(Path directory, String bridge, IpAddress gateway) {
        this.directory = directory;
        this.bridge = bridge;
        this.gateway = gateway;
    }

    /** Returns the times of a few connects; none where there is no {@code ip}. */
    Samples connects(int rounds) throws IOException, InterruptedException {
        var samples = new Samples();
        if (List.of("/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip").stream()
                .noneMatch(path -> Files.isExecutable(Path.of(path)))) {
            return samples;
        }
        for (int i = 0; i < rounds; i++) {
            String name = "cnm4j-bench-" + ProcessHandle.current().pid() + "-" + i;
            Path hostSide = Files.writeString(directory.resolve("host"), """
                    netns add %1$s
                    link add name ipb%2$d mtu 1500 master %3$s up type veth peer name eth0 mtu 1500 netns %1$s
                    link set dev ipb%2$d alias yardstick
                    link set dev ipb%2$d type bridge_slave hairpin on
                    """.formatted(name, i, bridge));
            Path inside = Files.writeString(
                    directory.resolve("inside"), """
                    link set dev lo up
                    link set dev eth0 up
                    address add %s/16 dev eth0
                    route add default via %s
                    """.formatted(gateway.plus(LAST_OCTETS + i), gateway));
            try {
                long start = System.nanoTime();
                run("ip", "-batch", hostSide.toString());
                run("ip", "-n", name, "-batch", inside.toString());
                samples.since(start);
            } finally {
                run("ip", "netns", "delete", name);
            }
        }
        return samples;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + output);
        }
    }
}
