package io.cnm4j.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DriverNetworksTest {
    private static final int NETWORKS = 60;

    private final Random random = new Random(7);
    private final DriverNetworks indexed = new DriverNetworks();
    private final Map<Integer, NetworkState> walked = new TreeMap<>();

    private static NetworkId id(int number) {
        return new NetworkId(String.format("%064x", number));
    }

    private IpPrefix subnet() {
        boolean ipv4 = random.nextBoolean();
        IpAddress address = ipv4
                ? IpAddress.parse("10.0.0." + random.nextInt(256))
                : IpAddress.parse("fd00::" + Integer.toHexString(random.nextInt(256)));
        return new IpPrefix(address, ipv4 ? 22 + random.nextInt(11) : 118 + random.nextInt(11)).subnet();
    }

    private NetworkState network(int number) {
        return NetworkState.builder()
                .controller(new ControllerId("c".repeat(64)))
                .id(id(number))
                .name("n" + number)
                .ipv4(true)
                .ipv6(true)
                .internal(false)
                .addPools(pool(), pool())
                .putNote("parent", "eth" + random.nextInt(5))
                .putNote("tag", String.valueOf(random.nextInt(5)))
                .build();
    }

    private NetworkPool pool() {
        return new NetworkPool(subnet(), Optional.empty(), Map.of());
    }

    private static List<String> names(Stream<NetworkState> networks) {
        return networks.map(NetworkState::name).sorted().toList();
    }

    @Test
    void findsWhatAWalkFinds() {
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt(NETWORKS);
            if (random.nextInt(3) == 0) {
                indexed.remove(id(number));
                walked.remove(number);
            } else {
                NetworkState network = network(number);
                indexed.put(network);
                walked.put(number, network);
            }
            int asking = random.nextInt(NETWORKS);
            Siblings expected = Siblings.of(walked.entrySet().stream()
                    .filter(entry -> entry.getKey() != asking)
                    .map(Map.Entry::getValue)
                    .toList());
            Siblings found = indexed.besides(id(asking));
            IpPrefix subnet = subnet();
            String parent = "eth" + random.nextInt(6);
            assertThat(names(found.all())).isEqualTo(names(expected.all()));
            assertThat(names(found.overlapping(subnet)))
                    .as("%s", subnet)
                    .isEqualTo(names(expected.overlapping(subnet)));
            assertThat(names(found.noting("parent", parent))).isEqualTo(names(expected.noting("parent", parent)));
        }
    }
}
