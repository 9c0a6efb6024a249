package io.cnm4j.examples.localdrivers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Cables from the host to a place outside, made as an operator would make them: parents for macvlan and ipvlan. */
final class Street {
    private final String host;
    private final String outside;

    /** @param host the namespace that plays the host; the place outside is beside it */
    Street(Path host) {
        this.host = host.toString();
        this.outside = host.resolveSibling("outside").toString();
    }

    /** Lays a cable for a network; returns the name of its parent. */
    String lay(Kind kind) throws IOException, InterruptedException {
        String name = "lan" + kind.number();
        String there = "far" + kind.number();
        ip(host, "link", "add", name, "up", "type", "veth", "peer", "name", there, "netns", outside);
        ip(outside, "link", "set", there, "up");
        if (!kind.isTagged()) {
            ip(outside, "address", "add", kind.address(1) + "/24", "dev", there);
            return name;
        }
        if (tries(outside, "link", "add", "link", there, "name", there + ".7", "up", "type", "vlan", "id", "7")) {
            ip(outside, "address", "add", kind.address(1) + "/24", "dev", there + ".7");
        }
        return name + ".7";
    }

    /** Takes it away. */
    void take(Kind kind) throws IOException, InterruptedException {
        ip(host, "link", "del", "lan" + kind.number());
    }

    private static void ip(String namespace, String... words) throws IOException, InterruptedException {
        if (!tries(namespace, words)) {
            throw new IllegalStateException("'ip " + String.join(" ", words) + "' should work");
        }
    }

    private static boolean tries(String namespace, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("nsenter", "--net=" + namespace, "ip"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 && said.isEmpty();
    }
}
