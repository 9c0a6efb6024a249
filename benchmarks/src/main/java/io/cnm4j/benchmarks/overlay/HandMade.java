package io.cnm4j.benchmarks.overlay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The same as an overlay network, by hand: on each of two hosts a container, and a namespace with bridge and tunnel. */
final class HandMade implements AutoCloseable {
    static final String ADDRESS = "10.200.0.";

    private final Path directory;

    HandMade(Path directory) {
        this.directory = directory;
    }

    /** Makes one side on a host that has this number and 3 minus it as its peer. */
    String side(String host, int number) throws IOException, InterruptedException {
        int other = 3 - number;
        String container = namespace("container" + number);
        String middle = namespace("middle" + number);
        Shell.ip(
                host,
                "link add vx9 netns " + middle + " mtu 1450 address " + mac("aa", number)
                        + " type vxlan id 9999 local 10.88.0." + number + " dstport 4790 nolearning proxy");
        Shell.ip(
                middle,
                "link add br0 mtu 1450 up type bridge",
                "link set vx9 master br0 up",
                "link add ep0 mtu 1450 master br0 up type veth peer name eth0 mtu 1450 address " + mac("42", number)
                        + " netns " + container,
                "neigh add " + ADDRESS + other + " lladdr " + mac("42", other) + " dev vx9 nud permanent");
        Shell.run(
                middle,
                "bridge",
                "fdb",
                "add",
                mac("42", other),
                "dev",
                "vx9",
                "dst",
                "10.88.0." + other,
                "self",
                "permanent");
        Shell.ip(container, "link set lo up", "link set eth0 up", "address add " + ADDRESS + number + "/24 dev eth0");
        return container;
    }

    private static String mac(String second, int number) {
        return "02:" + second + ":00:00:00:0" + number;
    }

    private String namespace(String name) throws IOException, InterruptedException {
        Path file = Files.createFile(directory.resolve(name));
        Process made = new ProcessBuilder("unshare", "--net=" + file, "true").start();
        if (made.waitFor() != 0) {
            throw new IOException("unshare " + file + " failed");
        }
        return file.toString();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (int number = 1; number <= 2; number++) {
            for (String name : new String[] {"container", "middle"}) {
                Path file = directory.resolve(name + number);
                if (Files.exists(file)) {
                    new ProcessBuilder("umount", "--lazy", file.toString())
                            .start()
                            .waitFor();
                    Files.delete(file);
                }
            }
        }
    }
}
