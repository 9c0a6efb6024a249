package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.AddressUse;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.core.ledger.NetworkRecord;
import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.driver.ipam.NoIpamDriver;
import io.cnm4j.driver.ipam.PoolIpamDriver;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.MemoryStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressesTest {
    private final FakeHost host = new FakeHost();
    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private final Random random = new Random(1);
    private CoreController cnm = open(pools("10.0.0.0/16", 24));

    private static Ipam pools(String base, int size) {
        return ipam(new PoolIpamDriver(), AddressPool.of(base, size));
    }

    private static Ipam ipam(IpamDriver driver, AddressPool... pools) {
        return driver.open(new AddressSpace(AddressSpace.Scope.LOCAL, List.of(pools), "host"));
    }

    private CoreController open(Ipam ipam) {
        return new CoreFixture(
                        CoreFixture.parts(
                                host,
                                new FakeExecutor(host),
                                new BridgeDriver(),
                                ipam,
                                lasting.reopen(),
                                living.reopen(),
                                random),
                        System::nanoTime)
                .controller;
    }

    private Network create(String name, SubnetRequest... subnets) {
        return cnm.createNetwork(
                NetworkRequest.builder().name(name).addSubnets(subnets).build());
    }

    private static EndpointRequest at(String name, String address) {
        return EndpointRequest.builder()
                .name(name)
                .ipv4(IpAddress.parse(address))
                .build();
    }

    private static SubnetRequest withPrinter(String address) {
        return SubnetRequest.builder()
                .pool(IpPrefix.parse("10.1.0.0/24"))
                .range(IpPrefix.parse("10.1.0.0/28"))
                .putAuxiliary("printer", IpAddress.parse(address))
                .build();
    }

    @Test
    void eachAddressIsListedWithItsOwnerAlsoAfterARestart() { // IPM-49
        Network web = create("web", withPrinter("10.1.0.9"));
        Endpoint db = web.createEndpoint(at("db", "10.1.0.200"));
        web.createEndpoint(EndpointRequest.named("app"));
        List<SubnetUse> before = cnm.addresses();
        assertThat(before).hasSize(1);
        SubnetUse use = before.get(0);
        assertThat(use.networkName()).isEqualTo("web");
        assertThat(use.used()).as("four, and the subnet's own first and last").isEqualTo(6);
        assertThat(use.available()).isEqualTo(OptionalLong.of(12));
        assertThat(use.addresses())
                .extracting(address -> address.address() + " " + address.kind())
                .containsExactly("10.1.0.1 GATEWAY", "10.1.0.2 ENDPOINT", "10.1.0.9 AUXILIARY", "10.1.0.200 ENDPOINT");
        assertThat(use.addresses().get(2).owner()).contains("printer", "web");
        assertThat(use.addresses().get(3).endpoint()).contains(db.id());
        cnm = open(pools("10.0.0.0/16", 24));
        assertThat(cnm.addresses()).isEqualTo(before);
        assertThat(cnm.networkByName("web").addresses()).isEqualTo(before);
    }

    @Test
    void whatIsReleasedIsNotListed() {
        Network web = create("web", withPrinter("10.1.0.9"));
        List<SubnetUse> before = web.addresses();
        web.createEndpoint(EndpointRequest.named("app")).delete();
        assertThat(web.addresses()).isEqualTo(before);
        web.delete();
        assertThat(cnm.addresses()).isEmpty();
    }

    @Test
    void anAddressWithoutARecordIsListedAsInFlight() {
        create("web", SubnetRequest.of("10.1.0.0/24"));
        NetworkRecord record = cnm.networks.named("web").orElseThrow();
        cnm.engine.leases.take(
                record,
                EndpointRequest.named("app"),
                MacAddress.parse("02:00:00:00:00:01"),
                given -> {},
                Deadline.after(Duration.ZERO));
        assertThat(cnm.addresses().get(0).addresses())
                .extracting(AddressUse::kind)
                .containsExactly(AddressUse.Kind.GATEWAY, AddressUse.Kind.IN_FLIGHT);
    }

    @Test
    void aConflictNamesWhoHasTheAddress() { // IPS-08
        Network web = create("web", withPrinter("10.1.0.9"));
        web.createEndpoint(at("db", "10.1.0.200"));
        for (List<String> taken : List.of(
                List.of("10.1.0.200", "endpoint 'db'"),
                List.of("10.1.0.9", "auxiliary address 'printer'"),
                List.of("10.1.0.1", "the gateway"),
                List.of("10.1.0.255", "broadcast"))) {
            assertThatThrownBy(() -> web.createEndpoint(at("other", taken.get(0))))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll(taken.get(0), "10.1.0.0/24", "'web'", taken.get(1), "choose another");
        }
        assertThatThrownBy(() -> web.createEndpoint(at("other", "10.2.0.1")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("10.2.0.1", "10.1.0.0/24", "'web'", "choose");
    }

    @Test
    void anAddressAskedForTwiceIsRefusedAndTakesNothing() { // NI-07
        SubnetRequest twice = SubnetRequest.builder()
                .pool(IpPrefix.parse("10.1.0.0/24"))
                .gateway(IpAddress.parse("10.1.0.9"))
                .putAuxiliary("printer", IpAddress.parse("10.1.0.9"))
                .build();
        assertThatThrownBy(() -> create("web", twice))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("10.1.0.9", "twice", "gateway", "printer", "leave one out");
        create("web", SubnetRequest.of("10.1.0.0/24"));
    }

    @Test
    void aSubnetThatIsTakenNamesItsNetworkAndAWayOut() { // IPS-08
        create("web", SubnetRequest.of("10.1.0.0/24"));
        assertThatThrownBy(() -> create("db", SubnetRequest.of("10.1.0.0/16")))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("10.1.0.0/16", "'db'", "10.1.0.0/24", "'web'", "choose another");
        SubnetRequest range = SubnetRequest.builder()
                .pool(IpPrefix.parse("10.1.0.0/24"))
                .range(IpPrefix.parse("10.1.0.16/28"))
                .build();
        assertThatThrownBy(() -> create("db", range))
                .as("two bridges cannot have one subnet")
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("10.1.0.0/24", "'db'", "'web'");
        assertThat(cnm.networkByName("web").addresses()).hasSize(1);
    }

    @Test
    void theHostsRoutesAreSkippedAndNamed() { // NI-03
        host.withSubnetInUse("10.0.0.0/24").withSubnetInUse("10.0.2.0/23");
        assertThat(create("web").inspect().subnets().get(0).pool()).hasToString("10.0.1.0/24");
        cnm = open(pools("10.0.2.0/24", 25));
        assertThatThrownBy(() -> create("db"))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("'db'", "10.0.2.0/23", "route of the fake host");
    }

    @Test
    void aBridgeRefusesTheIpamThatGivesNoAddresses() { // IPN-01
        cnm = open(ipam(new NoIpamDriver()));
        assertThatThrownBy(() -> create("web"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("web", "IPV4 subnet");
        assertThatThrownBy(() -> create("web", SubnetRequest.of("10.1.0.0/24")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("'none'", "10.1.0.0/24");
        assertThat(cnm.networks()).isEmpty();
    }

    @Test
    void addressesCarryTheSubnetsPrefixAndTheGatewayIsTheFirstOfTheRange() { // IPS-04, IPM-46, IPM-47, NI-06
        SubnetRequest.Builder ranged =
                SubnetRequest.builder().pool(IpPrefix.parse("10.1.0.0/24")).range(IpPrefix.parse("10.1.0.128/28"));
        Network web = create("web", ranged.build());
        assertThat(web.inspect().subnets().get(0).gateway()).contains(IpAddress.parse("10.1.0.128"));
        Endpoint first = web.createEndpoint(EndpointRequest.named("first"));
        assertThat(first.inspect().addresses()).containsExactly(IpPrefix.parse("10.1.0.129/24"));
        first.delete();
        web.delete();
        web = create("web", ranged.gateway(IpAddress.parse("10.1.0.254")).build());
        assertThat(web.inspect().subnets().get(0).gateway()).contains(IpAddress.parse("10.1.0.254"));
        first = web.createEndpoint(EndpointRequest.named("first"));
        assertThat(first.inspect().addresses()).containsExactly(IpPrefix.parse("10.1.0.128/24"));
    }

    @Test
    void eachFamilyHasASubnetOfTheSizeAskedForOrThePoolsSize() { // NI-01, NI-02, IPM-08
        NetworkRequest.Builder both = NetworkRequest.builder().ipv6(true);
        Network sized = cnm.createNetwork(both.name("sized")
                .addSubnets(SubnetRequest.of("0.0.0.0/28"), SubnetRequest.of("::/80"))
                .build());
        Network plain = cnm.createNetwork(
                NetworkRequest.builder().name("plain").ipv6(true).build());
        assertThat(lengths(sized)).containsExactly(28, 80);
        assertThat(lengths(plain)).containsExactly(24, 64);
    }

    private static List<Integer> lengths(Network network) {
        return network.inspect().subnets().stream()
                .map(subnet -> subnet.pool().length())
                .toList();
    }

    @Test
    void whatWasTakenBeforeASubnetIsRefusedIsGivenBack() { // NI-07, NI-09
        create("db", SubnetRequest.of("10.2.0.0/24"));
        List<SubnetUse> before = cnm.addresses();
        assertThatThrownBy(() -> create("web", withPrinter("10.1.0.9"), SubnetRequest.of("10.2.0.0/25")))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("10.2.0.0/25", "'web'", "10.2.0.0/24", "'db'");
        assertThat(cnm.addresses()).isEqualTo(before);
        create("web", SubnetRequest.of("10.1.0.0/24"));
    }

    @Test
    void aBaseGivesAllTheNetworksThatFitAndAReleasedOneIsTheNext() { // pain 38, IPM-05
        Set<IpPrefix> subnets = new HashSet<>();
        for (int i = 0; i < 4_096; i++) {
            subnets.add(bySize("n" + i));
        }
        assertThat(subnets).hasSize(4_096).contains(IpPrefix.parse("10.0.255.240/28"));
        assertThatThrownBy(() -> bySize("more"))
                .isInstanceOf(ExhaustedException.class)
                .hasMessageContainingAll("/28", "'more'", "10.0.0.0/16", "10.0.0.0/28 of network 'n0'", "4091 more");
        cnm.networkByName("n1234").delete();
        assertThat(bySize("more")).isEqualTo(IpPrefix.parse("10.0.77.32/28"));
    }

    private IpPrefix bySize(String name) {
        return create(name, SubnetRequest.of("0.0.0.0/28"))
                .inspect()
                .subnets()
                .get(0)
                .pool();
    }
}
