package io.cnm4j.driver.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.spi.driver.DriverSource;
import io.cnm4j.spi.driver.DriverSource.Drivers;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.ExternalDriver.Made;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the wire to a plug-in, octet for octet, and what its answers mean: *26, *42. */
class RemoteRequestsTest {
    private static final String NETWORK = "a".repeat(64);
    private static final String ENDPOINT = "b".repeat(64);
    private static final String IDS = "\"NetworkID\":\"" + NETWORK + "\",\"EndpointID\":\"" + ENDPOINT + "\"";

    @TempDir
    Path directory;

    private final Map<String, String> bodies = new ConcurrentHashMap<>(); // the last, by method
    private FakePlugin plugin;
    private Drivers drivers;

    @BeforeEach
    void open() {
        plugin = new FakePlugin(directory.resolve("weave.sock"));
        drivers = new RemoteDriverSource(Limits.USUAL)
                .open(new DriverSource.Setting(List.of(directory), Set.of(), Set.of()));
    }

    @AfterEach
    void close() {
        drivers.close();
        plugin.close();
    }

    private void answers(String method, String json) {
        plugin.does(method, (body, out) -> {
            bodies.put(method, body);
            FakePlugin.write(out, 200, json);
        });
    }

    private ExternalDriver driver() {
        return (ExternalDriver) drivers.network("weave").orElseThrow();
    }

    private Ipam ipam() {
        return drivers.ipam("weave").orElseThrow().open(new AddressSpace(AddressSpace.Scope.LOCAL, List.of(), "c"));
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(10));
    }

    private static NetworkState network() {
        return NetworkState.builder()
                .controller(new ControllerId("c".repeat(64)))
                .id(new NetworkId(NETWORK))
                .name("net")
                .ipv4(true)
                .ipv6(true)
                .internal(true)
                .putOptions("colour", "red")
                .addPools(new NetworkPool(
                        IpPrefix.parse("10.1.0.0/16"),
                        Optional.of(IpAddress.parse("10.1.0.1")),
                        Map.of("router", IpAddress.parse("10.1.0.9"))))
                .addPools(new NetworkPool(IpPrefix.parse("fd00::/64"), Optional.empty(), Map.of()))
                .build();
    }

    private static EndpointState.Builder endpoint() {
        return EndpointState.builder()
                .id(new EndpointId(ENDPOINT))
                .name("one")
                .mac(MacAddress.parse("02:00:00:00:00:01"))
                .putOptions("size", "7");
    }

    @Test // PL-04
    void callsArePostedWithTheMediaTypeAndNoBodyWhereNothingIsSaid() {
        driver().probe(soon());
        assertThat(plugin.heads())
                .hasSize(2)
                .allSatisfy(head -> assertThat(head.toLowerCase(java.util.Locale.ROOT))
                        .contains("host: plugin.moby.localhost", "accept: application/vnd.docker.plugins.v1.2+json")
                        .contains("content-length: 0"));
        assertThat(plugin.heads().get(0)).startsWith("POST /Plugin.Activate HTTP/1.1\r\n");
        assertThat(plugin.heads().get(1)).startsWith("POST /NetworkDriver.GetCapabilities HTTP/1.1\r\n");
    }

    @Test // RN-01, PL-09
    void capabilitiesNeedAScopeThatThereIs() {
        for (String sound : List.of(
                "{\"Scope\":\"local\"}",
                "{\"Scope\":\"global\",\"ConnectivityScope\":\"\"}",
                "{\"scope\":\"global\",\"ConnectivityScope\":\"local\",\"Extra\":[1,{}]}")) {
            answers("NetworkDriver.GetCapabilities", sound);
            driver().probe(soon());
        }
        for (String wrong : List.of(
                "{}",
                "{\"Scope\":\"\"}",
                "{\"Scope\":\"everywhere\"}",
                "{\"Scope\":\"local\",\"ConnectivityScope\":\"moon\"}")) {
            answers("NetworkDriver.GetCapabilities", wrong);
            assertThatThrownBy(() -> driver().probe(soon())).as(wrong).isInstanceOf(PluginException.class);
            driver(); // the breaker counts failures in a row
            answers("NetworkDriver.GetCapabilities", "{\"Scope\":\"local\"}");
            driver().probe(soon());
        }
    }

    @Test // RN-04, DR-14, NW-15
    void gatewaysAreLeftOutForThoseThatCheckAndSaySo() {
        answers("NetworkDriver.GwAllocCheck", "{\"SkipIPv4\":true}");
        assertThat(driver().needs(network(), soon())).isEqualTo(new NetworkNeeds(true, true, true, "eth"));
        assertThat(bodies).isEmpty();
        answers("NetworkDriver.GetCapabilities", "{\"Scope\":\"local\",\"GwAllocChecker\":true}");
        assertThat(driver().needs(network(), soon())).isEqualTo(new NetworkNeeds(true, false, true, "eth"));
        assertThat(bodies.get("NetworkDriver.GwAllocCheck"))
                .isEqualTo("{\"Options\":{\"com.docker.network.generic\":{\"colour\":\"red\"},"
                        + "\"com.docker.network.enable_ipv4\":true,\"com.docker.network.enable_ipv6\":true,"
                        + "\"com.docker.network.internal\":true}}");
    }

    @Test // RN-05, RN-06
    void networksComeAndGo() {
        answers("NetworkDriver.CreateNetwork", "{}");
        driver().createNetwork(network(), soon());
        assertThat(bodies.get("NetworkDriver.CreateNetwork"))
                .isEqualTo("{\"NetworkID\":\"" + NETWORK
                        + "\",\"Options\":{\"com.docker.network.generic\":{\"colour\":\"red\"},"
                        + "\"com.docker.network.enable_ipv4\":true,\"com.docker.network.enable_ipv6\":true,"
                        + "\"com.docker.network.internal\":true},"
                        + "\"IPv4Data\":[{\"AddressSpace\":\"\",\"Pool\":\"10.1.0.0/16\",\"Gateway\":\"10.1.0.1/16\","
                        + "\"AuxAddresses\":{\"router\":\"10.1.0.9/16\"}}],"
                        + "\"IPv6Data\":[{\"AddressSpace\":\"\",\"Pool\":\"fd00::/64\",\"AuxAddresses\":{}}]}");
        answers("NetworkDriver.DeleteNetwork", "{\"Err\":\"network not found\"}");
        driver().deleteNetwork(new NetworkId(NETWORK), soon());
        assertThat(bodies.get("NetworkDriver.DeleteNetwork")).isEqualTo("{\"NetworkID\":\"" + NETWORK + "\"}");
    }

    @Test // RN-07, RN-08
    void endpointsComeAndGo() {
        answers("NetworkDriver.CreateEndpoint", "{\"Interface\":{\"MacAddress\":\"02:00:00:00:00:09\"}}");
        EndpointState four =
                endpoint().addAddresses(IpPrefix.parse("10.1.0.2/16")).build();
        Made made = driver().createEndpoint(network(), four, Optional.empty(), soon());
        assertThat(made.mac()).contains(MacAddress.parse("02:00:00:00:00:09"));
        assertThat(bodies.get("NetworkDriver.CreateEndpoint"))
                .isEqualTo("{" + IDS + ",\"Options\":{\"size\":\"7\"},"
                        + "\"Interface\":{\"Address\":\"10.1.0.2/16\",\"AddressIPv6\":\"\",\"MacAddress\":\"\"}}");
        answers("NetworkDriver.CreateEndpoint", "{\"Interface\":{\"AddressIPv6\":\"fd00::9/64\"}}");
        assertThat(driver().createEndpoint(network(), endpoint().build(), Optional.empty(), soon())
                        .addresses())
                .containsExactly(IpPrefix.parse("fd00::9/64"));
        assertThat(bodies.get("NetworkDriver.CreateEndpoint")).endsWith("\"Interface\":null}");
        answers("NetworkDriver.DeleteEndpoint", "{}");
        driver().deleteEndpoint(new NetworkId(NETWORK), new EndpointId(ENDPOINT), soon());
        assertThat(bodies.get("NetworkDriver.DeleteEndpoint")).isEqualTo("{" + IDS + "}");
    }

    @Test // RN-10 to RN-13
    void sandboxesAreJoinedServedAndLeft() {
        EndpointState published =
                endpoint().addPublish(PublishedPort.parse("8080:80/tcp")).build();
        String options =
                "\"Options\":{\"com.docker.network.portmap\":[{\"Proto\":6,\"IP\":\"\",\"Port\":80,\"HostIP\":\"\","
                        + "\"HostPort\":8080,\"HostPortEnd\":8080}],\"size\":\"7\"}";
        answers("NetworkDriver.Join", "{}");
        driver().join(network(), published, "/run/netns/x", soon());
        assertThat(bodies.get("NetworkDriver.Join"))
                .isEqualTo("{" + IDS + ",\"SandboxKey\":\"/run/netns/x\"," + options + "}");
        answers("NetworkDriver.ProgramExternalConnectivity", "{}");
        driver().serveAsGateway(new NetworkId(NETWORK), published, false, soon());
        assertThat(bodies.get("NetworkDriver.ProgramExternalConnectivity")).isEqualTo("{" + IDS + "," + options + "}");
        answers("NetworkDriver.RevokeExternalConnectivity", "{\"Err\":\"endpoint not found\"}");
        driver().serveNoMore(new NetworkId(NETWORK), new EndpointId(ENDPOINT), soon());
        answers("NetworkDriver.Leave", "{}");
        driver().leave(new NetworkId(NETWORK), new EndpointId(ENDPOINT), soon());
        assertThat(bodies.get("NetworkDriver.Leave"))
                .isEqualTo("{" + IDS + "}")
                .isEqualTo(bodies.get("NetworkDriver.RevokeExternalConnectivity"));
    }

    @Test // RN-09
    void whatAPluginKnowsOfAnEndpointIsAskedEachTime() {
        answers("NetworkDriver.EndpointOperInfo", "{\"Value\":{\"a\":\"x\",\"b\":[1,{\"c\":true}],\"d\":null}}");
        assertThat(info()).isEqualTo(Map.of("a", "x", "b", "[1,{\"c\":true}]"));
        assertThat(bodies.get("NetworkDriver.EndpointOperInfo")).isEqualTo("{" + IDS + "}");
        plugin.says("NetworkDriver.EndpointOperInfo", "{\"Value\":null}");
        assertThat(info()).isEmpty();
        plugin.says("NetworkDriver.EndpointOperInfo", 404, "page not found");
        assertThat(info()).isEmpty();
        plugin.says("NetworkDriver.EndpointOperInfo", "{\"Value\":7}");
        assertThatThrownBy(this::info).isInstanceOf(PluginException.class).hasMessageContaining("Value");
    }

    private Map<String, String> info() {
        return driver().info(new NetworkId(NETWORK), new EndpointId(ENDPOINT), soon());
    }

    @Test // RI-02 to RI-07, IPN-03
    void poolsAndAddressesAreAskedForAndGivenBack() {
        answers("IpamDriver.RequestPool", "{\"PoolID\":\"p\",\"Pool\":\"10.1.0.0/16\",\"Data\":{\"x\":\"y\"}}");
        AddressPoolLease lease = ipam().requestPool(new PoolRequest(
                "network 'net'",
                Family.IPV4,
                Optional.of(IpPrefix.parse("10.1.0.0/16")),
                Optional.of(IpPrefix.parse("10.1.2.0/24")),
                UsedSubnets.NONE,
                Map.of("k", "v")));
        assertThat(bodies.get("IpamDriver.RequestPool"))
                .isEqualTo("{\"AddressSpace\":\"here\",\"Pool\":\"10.1.0.0/16\",\"SubPool\":\"10.1.2.0/24\","
                        + "\"Options\":{\"k\":\"v\"},\"V6\":false}");
        answers("IpamDriver.RequestAddress", "{\"Address\":\"10.1.2.7/16\"}");
        assertThat(lease.request(AddressRequest.exactly(IpAddress.parse("10.1.2.7"), Purpose.GATEWAY)))
                .hasToString("10.1.2.7");
        assertThat(bodies.get("IpamDriver.RequestAddress"))
                .isEqualTo("{\"PoolID\":\"p\",\"Address\":\"10.1.2.7\",\"Options\":{\"RequestAddressType\":"
                        + "\"com.docker.network.gateway\",\"k\":\"v\"}}");
        answers("IpamDriver.ReleaseAddress", "{}");
        lease.release(IpAddress.parse("10.1.2.7"));
        assertThat(bodies.get("IpamDriver.ReleaseAddress")).isEqualTo("{\"PoolID\":\"p\",\"Address\":\"10.1.2.7\"}");
        answers("IpamDriver.ReleasePool", "{\"Error\":\"unknown pool\"}");
        lease.close();
        assertThat(bodies.get("IpamDriver.ReleasePool")).isEqualTo("{\"PoolID\":\"p\"}");
    }

    @Test // RI-01, RI-05, RI-07, IPM-51
    void aRestoredPoolIsAskedForAgainWhereThePluginWantsThatAndALegacyOneIsNotAsked() {
        AddressPoolLease lease = ipam().requestPool(new PoolRequest(
                "x",
                Family.IPV4,
                Optional.of(IpPrefix.parse("10.1.0.0/16")),
                Optional.empty(),
                UsedSubnets.NONE,
                Map.of()));
        plugin.forgetCalls();
        plugin.says("IpamDriver.GetCapabilities", 404, "page not found"); // legacy
        restored(lease).request(AddressRequest.GATEWAY);
        assertThat(plugin.calls()).containsExactly("IpamDriver.GetCapabilities", "IpamDriver.RequestAddress");
        plugin.forgetCalls();
        plugin.says("IpamDriver.GetCapabilities", "{\"RequiresRequestReplay\":true}");
        AddressPoolLease replayed = restored(lease);
        replayed.request(AddressRequest.GATEWAY);
        replayed.request(AddressRequest.GATEWAY);
        assertThat(plugin.calls())
                .containsExactly(
                        "IpamDriver.GetCapabilities",
                        "IpamDriver.RequestPool",
                        "IpamDriver.RequestAddress",
                        "IpamDriver.RequestAddress",
                        "IpamDriver.RequestAddress");
        answers("IpamDriver.RequestAddress", "{\"Address\":\"\"}");
        assertThatThrownBy(() -> replayed.request(AddressRequest.GATEWAY))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("Address");
    }

    private AddressPoolLease restored(AddressPoolLease lease) {
        AddressPoolLease again = ipam().restorePool(lease.state());
        again.restore(IpAddress.parse("10.1.0.200"));
        return again;
    }
}
