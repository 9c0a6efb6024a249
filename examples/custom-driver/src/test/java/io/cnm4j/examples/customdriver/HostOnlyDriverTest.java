package io.cnm4j.examples.customdriver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.tck.FakeHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HostOnlyDriverTest {
    private final NetworkDriver driver = new HostOnlyDriver();

    private static NetworkState network(boolean ipv6) {
        return NetworkState.builder()
                .controller(new ControllerId("c".repeat(64)))
                .id(new NetworkId("a".repeat(64)))
                .name("agents")
                .ipv4(true)
                .ipv6(ipv6)
                .internal(false)
                .addPools(new NetworkPool(
                        IpPrefix.parse("10.5.0.0/24"), Optional.of(IpAddress.parse("10.5.0.1")), Map.of()))
                .build();
    }

    private static EndpointState endpoint() {
        return EndpointState.builder()
                .id(new EndpointId("e".repeat(64)))
                .name("one")
                .addAddresses(IpPrefix.parse("10.5.0.2/24"))
                .mac(MacAddress.parse("02:00:00:00:00:02"))
                .putNote(HostOnlyDriver.CABLE, "hoeeeeeeeeeeee")
                .build();
    }

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(NetworkDriver.class))
                .anyMatch(found -> found.name().equals("hostonly"));
    }

    @Test
    void aSandboxGetsACableAndNoDefaultRoute() {
        Attachment attachment = driver.planAttachment(
                network(false), endpoint(), new AttachPoint(NamespaceRef.at("/run/cnm4j/netns/one"), "eth0"));
        assertThat(attachment.gateways()).isEmpty();
        assertThat(attachment.routes()).isEmpty();
        assertThat(String.join("\n", attachment.link().render())).isEqualTo("""
                ip link add name hoeeeeeeeeeeee group 1674366156 up type veth peer name eth0 address 02:00:00:00:00:02 netns /run/cnm4j/netns/one
                ip link set dev hoeeeeeeeeeeee alias 'cnm4j cccccccccccc endpoint eeeeeeeeeeee'
                nsenter --net=/run/cnm4j/netns/one ip link set dev eth0 up
                sysctl -q -w net.ipv4.conf.hoeeeeeeeeeeee.forwarding=0
                ip address add 10.5.0.1/32 dev hoeeeeeeeeeeee
                ip route add 10.5.0.2/32 dev hoeeeeeeeeeeee""");
    }

    @Test
    void theDecisionIsWhatThePlanNeeds() {
        Map<String, String> note = driver.decideEndpoint(network(false), endpoint(), context());
        assertThat(note).containsExactly(Map.entry("cable", "hoeeeeeeeeeeee"));
    }

    private static DriverContext context() {
        return new DriverContext(new FakeHost(), List.of(), new Random(1), true);
    }

    @Test
    void ipv6IsRefused() {
        assertThatThrownBy(() -> driver.needs(network(true)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("ipv6=true");
    }
}
