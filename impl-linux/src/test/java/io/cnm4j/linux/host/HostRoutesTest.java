package io.cnm4j.linux.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** What is followed is what is read. A failure names all commands up to it. */
class HostRoutesTest {
    private static final int STEPS = 250;
    private static final int LINKS = 3;

    private static List<Optional<IpPrefix>> answers(OnLinkRoutes routes) {
        return IntStream.range(0, 32)
                .mapToObj(i -> (i < 16 ? "10.7.0." + i * 16 : "fd00:7::" + Integer.toHexString((i - 16) * 16)) + "/")
                .map(address -> IpPrefix.parse(address + (address.startsWith("10") ? 28 : 124)))
                .map(subnet -> routes.overlapping(subnet).map(OnLinkRoutes.OnLink::subnet))
                .toList();
    }

    private static String command(Random random) {
        Family family = random.nextInt(3) == 0 ? Family.IPV6 : Family.IPV4;
        String link = "a" + random.nextInt(LINKS);
        String head = family == Family.IPV4 ? "10.7.0." : "fd00:7::";
        int place = random.nextInt(16) * 16;
        String address = head + (family == Family.IPV4 ? String.valueOf(place) : Integer.toHexString(place));
        String subnet = address + "/" + (family == Family.IPV4 ? 28 : 124);
        String ip = family == Family.IPV4 ? "ip -4 " : "ip -6 ";
        return switch (random.nextInt(10)) {
            case 0, 1 -> ip + "address add " + subnet + " dev " + link;
            case 2 -> ip + "address del " + subnet + " dev " + link;
            case 3, 4 -> ip + "route add " + subnet + " dev " + link + " metric " + (10 + random.nextInt(2));
            case 5 -> ip + "route del " + subnet + " dev " + link + " metric " + (10 + random.nextInt(2));
            case 6 -> ip + "route flush dev " + link;
            case 7 -> "ip link set " + link + " down";
            case 8 -> "ip link set " + link + " up";
            default ->
                random.nextInt(3) == 0
                        ? "ip link del " + link
                        : "ip link add " + link + " type veth peer name b" + link.substring(1);
        };
    }

    private static List<List<Optional<IpPrefix>>> both(NamespaceWorkers workers) {
        return workers.call(Deadline.after(Duration.ofSeconds(10)), () -> {
            try (var fresh = new HostRoutes()) {
                return List.of(answers(HostRoutes.ofWorker().now()), answers(fresh.now()));
            }
        });
    }

    @KernelTest // NI-03
    void whatIsFollowedIsWhatIsRead() {
        var random = new Random(11);
        var done = new ArrayList<String>();
        try (var workers = new NamespaceWorkers(Path.of(TestNetns.here().path()))) {
            for (int i = 0; i < STEPS; i++) {
                String command = i < LINKS ? "ip link add a" + i + " up type veth peer name b" + i : command(random);
                done.add(command);
                TestNetns.execute(TestNetns.here(), command.split(" ")); // some cannot be: nothing changes then
                List<List<Optional<IpPrefix>>> both = both(workers);
                for (int more = 0; more < 3 && !both.get(0).equals(both.get(1)); more++) {
                    both = both(workers); // the kernel was still at work between the two
                }
                assertThat(both.get(0)).as("after %s", done).isEqualTo(both.get(1));
            }
        }
        for (int i = 0; i < LINKS; i++) {
            TestNetns.execute(TestNetns.here(), "ip", "link", "del", "a" + i);
        }
    }
}
