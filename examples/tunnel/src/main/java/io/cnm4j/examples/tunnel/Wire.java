package io.cnm4j.examples.tunnel;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.HostSnapshot;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.process.ProcessLauncher;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Two hosts on a wire and a sandbox on each: four namespaces. Closing it lets all go. */
final class Wire implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int PORT = 7;

    private final Path directory;
    private final NamespaceWorkers workers = new NamespaceWorkers(Path.of("/proc/self/ns/net"));
    private final ProcessLauncher launcher = new ProcessLauncher(workers);
    private final List<NamespaceRef> namespaces = new ArrayList<>(); // hosts, then sandboxes
    private final HostSnapshot before;

    private Wire(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        for (String name : List.of("host0", "host1", "sandbox0", "sandbox1")) {
            NamespaceRef namespace = NamespaceRef.at(directory.resolve(name).toString());
            workers.call(Deadline.after(LIMIT), () -> {
                Namespaces.create(namespace, Map.of(), KernelTap.NONE);
                return true;
            });
            namespaces.add(namespace);
        }
        run(
                hostNamespace(0),
                "ip",
                "link",
                "add",
                "u0",
                "type",
                "veth",
                "peer",
                "name",
                "u1",
                "netns",
                hostNamespace(1).path());
        for (int i = 0; i < 2; i++) {
            run(hostNamespace(i), "ip", "address", "add", host(i) + "/24", "dev", "u" + i);
            run(hostNamespace(i), "ip", "link", "set", "u" + i, "up");
        }
        List<Path> paths = namespaces.stream().map(each -> Path.of(each.path())).toList();
        before = HostSnapshot.of(paths, List.of(), directory);
    }

    static Wire build() throws IOException, InterruptedException {
        return new Wire(Files.createTempDirectory("cnm4j-tunnel"));
    }

    NamespaceWorkers workers() {
        return workers;
    }

    NamespaceRef hostNamespace(int i) {
        return namespaces.get(i);
    }

    NamespaceRef sandbox(int i) {
        return namespaces.get(2 + i);
    }

    /** Returns the address of a host on the wire. RFC 5737. */
    IpAddress host(int i) {
        return IpAddress.parse("192.0.2." + (i + 1));
    }

    MacAddress mac(int i) {
        return new MacAddress(0x0200_0000_0001L + i);
    }

    private static String inner(int i) {
        return "10.9.0." + (i + 1);
    }

    /** Gives a device in a sandbox its address. */
    void address(int i, String device) throws IOException, InterruptedException {
        run(sandbox(i), "ip", "address", "add", inner(i) + "/24", "dev", device);
    }

    /** Makes the kernel's VXLAN device of a host, in its sandbox. */
    void kernelDevice(int i, int vni, int mtu) throws IOException, InterruptedException {
        NamespaceRef host = hostNamespace(i);
        String far = host(1 - i).toString();
        run(
                host,
                "ip",
                "link",
                "add",
                "vx0",
                "address",
                mac(i).toString(),
                "mtu",
                "" + mtu,
                "type",
                "vxlan",
                "id",
                "" + vni,
                "dstport",
                "4789",
                "local",
                host(i).toString(),
                "nolearning");
        run(host, "bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "vx0", "dst", far);
        run(host, "ip", "link", "set", "vx0", "netns", sandbox(i).path());
        run(sandbox(i), "ip", "link", "set", "vx0", "up");
        address(i, "vx0");
    }

    void removeKernelDevice(int i) throws IOException, InterruptedException {
        run(sandbox(i), "ip", "link", "delete", "vx0");
    }

    /** Lets the first sandbox say something to a server in the second. */
    boolean call(String words) throws Exception {
        InetAddress at = InetAddress.getByName(inner(1));
        try (ServerSocket server = Namespaces.visit(sandbox(1), () -> new ServerSocket(PORT, 1, at));
                Socket client = Namespaces.visit(sandbox(0), () -> new Socket(at, PORT));
                Socket accepted = server.accept()) {
            client.getOutputStream().write(words.getBytes(StandardCharsets.UTF_8));
            client.shutdownOutput();
            String heard = new String(accepted.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!heard.equals(words)) {
                throw new IllegalStateException("the server heard '" + heard + "', not '" + words + "'");
            }
            return true;
        }
    }

    /** Tells whether the words are to be read on the wire while something is done. */
    boolean showsWhile(String words, Callable<Boolean> doing) throws Exception {
        try (var listener = Namespaces.visit(hostNamespace(1), WireTap::open)) {
            doing.call();
            return listener.heard(words.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Returns what is there that was not at the beginning. */
    List<String> leaks() {
        return HostSnapshot.awaitSame(before, Deadline.after(LIMIT));
    }

    private void run(NamespaceRef namespace, String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        Process process = launcher.start(namespace, builder, Deadline.after(LIMIT));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
        }
    }

    @Override
    public void close() throws IOException {
        for (NamespaceRef namespace : namespaces) {
            workers.call(Deadline.after(LIMIT), () -> {
                Namespaces.delete(namespace, KernelTap.NONE);
                return true;
            });
        }
        workers.close();
        Files.delete(directory);
    }
}
