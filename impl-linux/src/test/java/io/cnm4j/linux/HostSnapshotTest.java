package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.spi.host.Deadline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class HostSnapshotTest {
    @TempDir
    Path directory;

    private static HostSnapshot now() {
        return KernelTestExtension.snapshot(TestNetns.here().path());
    }

    private static void ip(String line) {
        TestNetns.inHere(("ip " + line).split(" "));
    }

    @KernelTest
    void aQuietHostIsTheSameTwice() {
        assertThat(now().differences(now())).isEmpty();
    }

    @KernelTest
    void eachKindOfThingIsSeen() throws Exception {
        HostSnapshot before = now();
        ip("link add br9 type bridge");
        ip("address add 10.9.0.1/24 dev br9");
        ip("link set br9 up");
        ip("route add 10.10.0.0/16 via 10.9.0.2");
        ip("neigh add 10.9.0.7 lladdr 02:00:00:00:00:07 dev br9 nud permanent");
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        TestNetns outside = TestNetns.create(directory, "outside");
        List<String> differences = before.differences(now());
        assertThat(differences)
                .anyMatch(line -> line.matches("left over: link br9 kind bridge mtu 1500 master none alias '' up"))
                .anyMatch(line -> line.equals("left over: address 10.9.0.1/24 on br9"))
                .anyMatch(line -> line.startsWith("left over: route 10.10.0.0/16 via 10.9.0.2 on br9"))
                .anyMatch(line -> line.equals("left over: neighbour 10.9.0.7 at 02:00:00:00:00:07 on br9"))
                .anyMatch(line -> line.equals("left over: sysctl net.ipv4.ip_forward=1"))
                .anyMatch(line -> line.startsWith("left over: mount of net:[") && line.endsWith(outside.path()));
        outside.close();
        ip("link delete br9");
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "0");
    }

    @KernelTest
    void filesAndDescriptorsAreSeen() throws Exception {
        HostSnapshot before = HostSnapshot.of(List.of(), List.of(directory));
        Path file = directory.resolve("left");
        try (var open = Files.newOutputStream(file)) {
            open.write(1);
            assertThat(before.differences(HostSnapshot.of(List.of(), List.of(directory))))
                    .containsExactly("left over: file " + file, "left over: open descriptor of file " + file);
        }
        Files.delete(file);
        assertThat(HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(1))))
                .isEmpty();
    }

    @KernelTest
    void cleanUpBehindTheCallerIsAwaited() {
        HostSnapshot before = now();
        TestNetns.wired(directory, "wired", "here1", "there1").close();
        assertThat(HostSnapshot.awaitSame(before, Deadline.after(Duration.ofSeconds(5))))
                .isEmpty();
    }

    @KernelTest
    void awaitingEndsWithTheDeadline() {
        HostSnapshot before = now();
        ip("link add br9 type bridge");
        assertThat(HostSnapshot.awaitSame(before, Deadline.after(Duration.ofMillis(50))))
                .contains("left over: link br9 kind bridge mtu 1500 master none alias '' down");
        ip("link delete br9");
    }
}
