package io.cnm4j.driver.macvlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.plan.IpvlanFlag;
import io.cnm4j.spi.plan.IpvlanMode;
import io.cnm4j.spi.plan.MacvlanMode;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.RouteSpec;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.SampleRecords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ParentTest {
    private static final AttachPoint POINT = new AttachPoint(NamespaceRef.at("/run/ns"), "eth1");

    private final FakeHost host = new FakeHost().withForeignLink("eth0", "").withForeignLink("bond0", "bond");
    private final NetworkDriver macvlan = new MacvlanDriver();
    private final NetworkDriver ipvlan = new IpvlanDriver();

    private static NetworkPool pool(String subnet) {
        return new NetworkPool(IpPrefix.parse(subnet), Optional.empty(), Map.of());
    }

    private static NetworkState.Builder asked(int number, Map<String, String> options, NetworkPool... pools) {
        return SampleRecords.requested(number).ipv6(false).options(options).addPools(pools);
    }

    private NetworkState network(NetworkDriver driver, NetworkState network, NetworkState... siblings) {
        driver.needs(network);
        var context = new DriverContext(host, Siblings.of(List.of(siblings)), new Random(1), true);
        return NetworkState.builder()
                .from(network)
                .note(driver.decideNetwork(network, context))
                .build();
    }

    private NetworkState network(
            NetworkDriver driver, int number, Map<String, String> options, NetworkState... siblings) {
        return network(
                driver, asked(number, options, pool("10.9." + number + ".0/24")).build(), siblings);
    }

    private static Attachment attachment(NetworkDriver driver, NetworkState network) {
        return driver.planAttachment(network, SampleRecords.endpoint(5, network).build(), POINT);
    }

    private void refused(
            Class<? extends CnmException> type, String word, NetworkDriver driver, Map<String, String> options) {
        String before = host.dump();
        assertThatThrownBy(() -> network(driver, 1, options)).isInstanceOf(type).hasMessageContaining(word);
        assertThat(host.differencesSince(before)).isEmpty();
    }

    private static Map<String, String> on(String parent) {
        return Map.of("parent", parent);
    }

    @Test
    void theServiceLoaderFindsBoth() {
        assertThat(ServiceLoader.load(NetworkDriver.class))
                .extracting(NetworkDriver::name)
                .contains("macvlan", "ipvlan");
    }

    @Test
    void wrongParentsAreRefused() { // VL-04, VL-04b, VL-05, *41 TestValidateLink, TestValidateSubLink
        for (NetworkDriver driver : List.of(macvlan, ipvlan)) {
            refused(InvalidRequestException.class, "loopback", driver, on("lo"));
            for (String parent : List.of("eth9", "eth0.1.2", "eth0.", ".10", "eth0.x", "eth0.-1", "eth0.00010")) {
                refused(InvalidRequestException.class, "eth0.10", driver, on(parent));
            }
            refused(InvalidRequestException.class, "4094", driver, on("eth0.0"));
            refused(InvalidRequestException.class, "4094", driver, on("eth0.4095"));
            refused(InvalidRequestException.class, "eth9", driver, on("eth9.10"));
            refused(InvalidRequestException.class, "lo", driver, on("lo.10"));
        }
    }

    @Test
    void linksOfTheHostAreUsedAsTheyAre() { // VL-05, VL-20
        assertThat(macvlan.planNetwork(network(macvlan, 1, on("bond0"))).render())
                .containsExactly("ip link show dev bond0 type bond");
        assertThat(ipvlan.planNetwork(network(ipvlan, 1, on("eth0"))).render())
                .containsExactly("ip link show dev eth0");
        host.withForeignLink("eth0.20", "vlan");
        assertThat(macvlan.planNetwork(network(macvlan, 1, on("eth0.20"))).render())
                .containsExactly("ip link show dev eth0.20 type vlan");
    }

    @Test
    void aTaggedParentIsMadeOnceForAllWhoWantIt() { // VL-05, VL-07
        NetworkState one = network(macvlan, 1, on("eth0.10"));
        host.withMarkedLink("eth0.10", "vlan", "cnm4j c0ffee000000 parent eth0.10");
        NetworkState two = network(macvlan, 2, on("eth0.10"), one);
        assertThat(macvlan.planNetwork(one)).isEqualTo(macvlan.planNetwork(two));
        assertThat(macvlan.planNetwork(one).render().get(0))
                .isEqualTo("ip link add link eth0 name eth0.10 group 1673592814 up type vlan id 10");
        assertThat(macvlan.planNetwork(one).claims()).allMatch(claim -> claim.shared());
    }

    @Test
    void whatBelongsToSomebodyOfOursIsNoParent() {
        host.withMarkedLink("br-x", "bridge", "cnm4j 0123456789ab network 42");
        refused(ConflictException.class, "0123456789ab", macvlan, on("br-x"));
    }

    @Test
    void macvlansShareAParentUnlessOneWantsAll() { // VL-06
        NetworkState one = network(macvlan, 1, on("eth0"));
        network(macvlan, 2, on("eth0"), one);
        Map<String, String> all =
                MacvlanOptions.on("eth0").inMode(MacvlanMode.PASSTHRU).toOptions();
        assertThatThrownBy(() -> network(macvlan, 2, all, one))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("net1");
        NetworkState taker = network(macvlan, 3, all);
        assertThatThrownBy(() -> network(macvlan, 1, on("eth0"), taker)).isInstanceOf(ConflictException.class);
        assertThat(macvlan.planNetwork(one).claims()).allMatch(claim -> claim.shared());
        assertThat(macvlan.planNetwork(taker).claims()).noneMatch(claim -> claim.shared());
    }

    @Test
    void anIpvlanHasItsParentForItself() { // VL-06
        NetworkState one = network(ipvlan, 1, on("eth0"));
        assertThatThrownBy(() -> network(ipvlan, 2, on("eth0"), one)).isInstanceOf(ConflictException.class);
        assertThat(ipvlan.planNetwork(one).claims()).noneMatch(claim -> claim.shared());
    }

    @Test
    void withoutAParentThereIsADummyAndNoWayOut() { // VL-03
        NetworkState mac = network(macvlan, 1, Map.of());
        assertThat(macvlan.planNetwork(mac).render().get(0)).contains("name dm-010101010101 ", "type dummy");
        assertThat(ipvlan.planNetwork(network(ipvlan, 1, Map.of())).render().get(0))
                .contains("name di-010101010101 ", "type dummy");
        assertThat(attachment(macvlan, mac).gateways()).isEmpty();
        assertThat(attachment(macvlan, mac).routes()).isEmpty();
        host.without(KernelFeature.DUMMY);
        refused(UnsupportedException.class, "dummy", macvlan, Map.of());
    }

    @Test
    void theGatewayIsTheUsersOrTheLinkItself() { // VL-12, GW-03
        NetworkState given = network(
                macvlan,
                asked(1, on("eth0"), SampleRecords.pool("10.9.1.0/24", "10.9.1.254"))
                        .build());
        assertThat(attachment(macvlan, given).gateways()).containsExactly(IpAddress.parse("10.9.1.254"));
        assertThat(attachment(macvlan, given).routes()).isEmpty();
        Attachment bare = attachment(macvlan, network(macvlan, 1, on("eth0")));
        assertThat(bare.gateways()).isEmpty();
        assertThat(bare.routes()).extracting(RouteSpec::toString).containsExactly("default dev eth1");
    }

    @Test
    void anInternalNetworkHasNoDefaultRoute() { // VL-19
        for (NetworkDriver driver : List.of(macvlan, ipvlan)) {
            for (String mode : List.of("l2", "l3")) {
                NetworkState internal = network(
                        driver,
                        asked(1, Map.of("parent", "eth0", "ipvlan_mode", mode), SampleRecords.pool("10.9.1.0/24"))
                                .internal(true)
                                .build());
                assertThat(attachment(driver, internal).gateways()).isEmpty();
                assertThat(attachment(driver, internal).routes()).isEmpty();
            }
        }
    }

    @Test
    void anIpvlanOfLayerThreeRoutesByTheLink() { // VL-12
        for (IpvlanMode mode : List.of(IpvlanMode.L3, IpvlanMode.L3S)) {
            NetworkState network = network(
                    ipvlan,
                    SampleRecords.network(1)
                            .options(IpvlanOptions.on("eth0")
                                    .inMode(mode)
                                    .with(IpvlanFlag.VEPA)
                                    .toOptions())
                            .build());
            Attachment attachment = attachment(ipvlan, network);
            assertThat(attachment.gateways()).isEmpty();
            assertThat(attachment.routes())
                    .extracting(RouteSpec::toString)
                    .containsExactly("default dev eth1", "default dev eth1");
            assertThat(attachment.link().render().get(0))
                    .endsWith(" up netns /run/ns type ipvlan mode " + mode.label() + " vepa");
        }
    }

    @Test
    void anEndpointUsesTheSubnetItsAddressIsIn() { // VL-08
        NetworkState network = network(
                macvlan,
                asked(1, on("eth0"), pool("10.9.1.0/24"), SampleRecords.pool("10.9.2.0/24", "10.9.2.1"))
                        .build());
        EndpointState second = SampleRecords.endpoint(5)
                .addAddresses(IpPrefix.parse("10.9.2.5/24"))
                .build();
        assertThat(macvlan.planAttachment(network, second, POINT).gateways())
                .containsExactly(IpAddress.parse("10.9.2.1"));
    }

    @Test
    void aFamilyThatIsOnNeedsASubnet() { // VL-08
        for (NetworkDriver driver : List.of(macvlan, ipvlan)) {
            for (NetworkState bad : List.of(
                    asked(1, on("eth0")).build(),
                    asked(1, on("eth0"), pool("0.0.0.0/0")).build(),
                    asked(1, on("eth0"), pool("10.9.1.0/24")).ipv6(true).build(),
                    asked(1, on("eth0")).ipv4(false).build())) {
                assertThatThrownBy(() -> network(driver, bad)).isInstanceOf(InvalidRequestException.class);
            }
        }
    }

    @Test
    void everyModeIsPassedOn() { // VL-01, *41 TestSetMacVlanMode, TestSetIPVlanMode, TestSetIPVlanFlag
        for (MacvlanMode mode : MacvlanMode.values()) {
            NetworkState network =
                    network(macvlan, 1, MacvlanOptions.on("eth0").inMode(mode).toOptions());
            assertThat(attachment(macvlan, network).link().render().get(0))
                    .endsWith(" type macvlan mode " + mode.label())
                    .matches(line -> line.contains(" address ") == (mode != MacvlanMode.PASSTHRU));
        }
        for (IpvlanFlag flag : IpvlanFlag.values()) {
            NetworkState network =
                    network(ipvlan, 1, IpvlanOptions.on("eth0").with(flag).toOptions());
            assertThat(attachment(ipvlan, network).link().render().get(0))
                    .endsWith(" type ipvlan mode l2 " + flag.label());
        }
    }

    @Test
    void anIpvlanEndpointHasNoHardwareAddressOfItsOwn() { // VL-09
        NetworkState network = network(ipvlan, 1, on("eth0"));
        EndpointState asking =
                SampleRecords.endpoint(5, network).macRequested(true).build();
        var context = new DriverContext(host, Siblings.NONE, new Random(1), true);
        assertThatThrownBy(() -> ipvlan.decideEndpoint(network, asking, context))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(asking.mac().toString());
        macvlan.decideEndpoint(network(macvlan, 1, on("eth0")), asking, context);
    }

    @Test
    void theHostHasALegIfAsked() {
        Map<String, String> options = MacvlanOptions.on("eth0").withHostLeg().toOptions();
        refused(InvalidRequestException.class, MacvlanOptions.LEG_IPV4, macvlan, options);
        var pool = new NetworkPool(
                IpPrefix.parse("10.9.1.0/24"),
                Optional.empty(),
                Map.of(MacvlanOptions.LEG_IPV4, IpAddress.parse("10.9.1.200")));
        NetworkState network = network(macvlan, asked(1, options, pool).build());
        assertThat(macvlan.planNetwork(network).render())
                .anyMatch(line -> line.startsWith("ip link add link eth0 name mh-010101010101 address "))
                .contains("ip address add 10.9.1.200/32 dev mh-010101010101");
        assertThat(attachment(macvlan, network).link().render())
                .contains("ip route add 10.9.1.5/32 dev mh-010101010101 proto 196");
        refused(
                InvalidRequestException.class,
                "passthru",
                macvlan,
                Map.of("parent", "eth0", "macvlan_mode", "passthru", MacvlanOptions.HOST_LEG, "true"));
    }
}
