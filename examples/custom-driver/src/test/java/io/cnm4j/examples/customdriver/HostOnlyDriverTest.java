package io.cnm4j.examples.customdriver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.SampleRecords;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HostOnlyDriverTest {
    private final NetworkDriver driver = new HostOnlyDriver();
    private final DriverContext context = new DriverContext(new FakeHost(), Siblings.NONE, new Random(1), true);

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(NetworkDriver.class))
                .anyMatch(found -> found.name().equals("hostonly"));
    }

    @Test
    void aSandboxGetsACableAndNoDefaultRoute() {
        NetworkState network = SampleRecords.network(1).build();
        EndpointState born = SampleRecords.endpoint(5, network).build();
        EndpointState endpoint = EndpointState.builder()
                .from(born)
                .note(driver.decideEndpoint(network, born, context))
                .build();
        Attachment attachment = driver.planAttachment(
                network, endpoint, new AttachPoint(NamespaceRef.at("/run/cnm4j/netns/one"), "eth0"));
        assertThat(attachment.gateways()).isEmpty();
        assertThat(attachment.routes()).isEmpty();
        assertThat(attachment.link().render())
                .filteredOn(line -> !line.contains("alias"))
                .containsExactly(
                        "nft add element inet cnm4j-c0ffee000000 internal { \"ho050505050505\" }",
                        "ip link add name ho050505050505 group 1673592814 up type veth peer name eth0"
                                + " address 42:00:00:00:00:05 netns /run/cnm4j/netns/one",
                        "nsenter --net=/run/cnm4j/netns/one ip link set dev eth0 up",
                        "ip address add 10.9.1.1/32 dev ho050505050505",
                        "ip route add 10.9.1.5/32 dev ho050505050505 proto 196",
                        "ip address add fd00:9:1::1/128 dev ho050505050505 nodad",
                        "ip -6 route add fd00:9:1::5/128 dev ho050505050505 proto 196");
    }

    @Test
    void aNetworkWithoutGatewayIsRefused() {
        NetworkState network = SampleRecords.requested(1).build();
        assertThatThrownBy(() -> driver.decideNetwork(network, context))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'net1'");
    }
}
