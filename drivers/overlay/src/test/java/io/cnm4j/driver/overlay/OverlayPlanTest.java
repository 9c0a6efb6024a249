package io.cnm4j.driver.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.ClusterDriver.Peer;
import io.cnm4j.spi.driver.ClusterDriver.Underlay;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.LinkOp;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.TunnelOp;
import io.cnm4j.tck.FakeHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OverlayPlanTest {
    private static final OverlayDriver DRIVER = new OverlayDriver();
    private static final Underlay UNDERLAY = new Underlay(
            IpAddress.parse("10.0.0.1"), 1500, 4789, 4500, false, NamespaceRef.at("/run/c/netns/net-aaaaaaaaaaaa"));

    private static NetworkState network(String letter, Map<String, String> options) {
        return NetworkState.builder()
                .controller(new ControllerId("c".repeat(64)))
                .id(new NetworkId(letter.repeat(64)))
                .name("net-" + letter)
                .ipv4(true)
                .ipv6(false)
                .internal(false)
                .options(options)
                .pools(List.of(
                        new NetworkPool(IpPrefix.parse("172.17.0.0/16"), Optional.empty(), Map.of()),
                        new NetworkPool(IpPrefix.parse("172.18.0.0/16"), Optional.empty(), Map.of())))
                .build();
    }

    private static NetworkState decided(NetworkState network, NetworkState... siblings) {
        var context = new DriverContext(new FakeHost(), Siblings.of(List.of(siblings)), new Random(1), true);
        return NetworkState.builder()
                .from(network)
                .note(DRIVER.decideNetwork(network, context))
                .build();
    }

    private static EndpointState endpoint(Map<String, String> note) {
        return EndpointState.builder()
                .id(new EndpointId("e".repeat(64)))
                .name("e")
                .addresses(List.of(IpPrefix.parse("172.17.0.2/16")))
                .mac(MacAddress.parse("02:42:ac:11:00:02"))
                .options(Map.of())
                .note(note)
                .build();
    }

    @Test // OV-03, *43 TestNetworkAllocateFree, TestNetworkAllocateUserDefinedVNIs
    void identifiersAreTheLowestFreeOrThoseAskedFor() {
        NetworkState first = decided(network("a", Map.of()));
        NetworkState second = decided(network("b", Map.of()), first);
        assertThat(first.note()).containsEntry("vni", "4096");
        assertThat(second.note()).containsEntry("vni", "4097");
        assertThat(decided(network("d", Map.of()), second).note()).containsEntry("vni", "4096");
        var asked = Map.of(OverlayOptions.VNIS, "4097,5000");
        assertThat(decided(network("d", asked), first).note()).containsEntry("vni", "4097");
        assertThatThrownBy(() -> decided(network("d", asked), second))
                .isInstanceOf(ConflictException.class)
                .hasMessageContainingAll("4097", "net-b");
    }

    @Test // OV-01, OV-02, OV-12, OV-25
    void wrongOptionsAreRefusedWithTheirNames() {
        for (String vnis : List.of("x", "0", "16777216", "1,,2")) {
            refused(Map.of(OverlayOptions.VNIS, vnis), InvalidRequestException.class, vnis);
        }
        refused(Map.of(OverlayOptions.MTU, "-1"), InvalidRequestException.class, "-1");
        refused(Map.of(OverlayOptions.BROADCAST, "maybe"), InvalidRequestException.class, "maybe");
    }

    private static void refused(Map<String, String> options, Class<? extends Exception> type, String word) {
        assertThatThrownBy(() -> DRIVER.needs(network("a", options)))
                .isInstanceOf(type)
                .hasMessageContaining(word);
    }

    @Test // OV-05, OV-06, OV-07, OV-08
    void presenceIsANamespaceWithABridgeAndATunnel() {
        NetworkState network = decided(network("a", Map.of()));
        Map<String, String> presence = DRIVER.decidePresence(network, UNDERLAY);
        assertThat(DRIVER.planNetwork(network).isEmpty()).isTrue();
        assertThat(DRIVER.planPresence(network, presence).render())
                .anySatisfy(line -> assertThat(line)
                        .startsWith(
                                "nsenter --net=/run/c/netns/net-aaaaaaaaaaaa ip link add name vxlan0 mtu 1450 address ")
                        .endsWith(" master br0 up type vxlan id 4096 local 10.0.0.1 dstport 4789 nolearning proxy"));
        var narrow = Map.of(OverlayOptions.MTU, "1400");
        assertThat(DRIVER.decidePresence(decided(network("a", narrow)), UNDERLAY))
                .containsEntry("overlay.mtu", "1350");
        var six = new Underlay(IpAddress.parse("fd00::1"), 1500, 4789, 4500, false, UNDERLAY.namespace());
        assertThat(DRIVER.decidePresence(network, six)).containsEntry("overlay.mtu", "1430");
        var wide = decided(network("a", Map.of(OverlayOptions.MTU, "9000")));
        assertThatThrownBy(() -> DRIVER.decidePresence(wide, UNDERLAY))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContainingAll("9000", "1500");
    }

    @Test // OV-01, OV-06, OV-19
    void anEncryptedNetworkHasADeviceThatThisProcessServes() {
        NetworkState network = decided(network("a", Map.of(OverlayOptions.ENCRYPTED, "")));
        Map<String, String> presence = DRIVER.decidePresence(network, UNDERLAY);
        assertThat(presence).containsEntry("overlay.mtu", "1408").containsEntry("overlay.port", "4500");
        List<String> lines = DRIVER.planPresence(network, presence).render();
        assertThat(lines).noneMatch(line -> line.contains("type vxlan"));
        String inside = "nsenter --net=/run/c/netns/net-aaaaaaaaaaaa ";
        assertThat(lines)
                .contains(
                        inside + "ip tuntap add dev vxlan0 mode tap vnet_hdr",
                        "# this process encrypts what enters vxlan0 in /run/c/netns/net-aaaaaaaaaaaa, VXLAN 4096,"
                                + " and sends it from 10.0.0.1 udp port 4500");
        var peer = new Peer(endpoint(Map.of()), IpAddress.parse("10.0.0.2"));
        assertThat(DRIVER.planPeer(network, presence, peer).ops()).hasSize(2).allMatch(op -> op instanceof TunnelOp);
        var six = new Underlay(IpAddress.parse("fd00::1"), 1500, 4789, 4500, false, UNDERLAY.namespace());
        assertThat(DRIVER.decidePresence(network, six)).containsEntry("overlay.mtu", "1388");
    }

    @Test // OV-18, OV-19
    void whereTheKernelEncryptsThePortsPoliciesComeBeforeItsTunnel() {
        NetworkState network = decided(network("a", Map.of("encrypted", "")));
        var esp = new Underlay(UNDERLAY.address(), 1500, 4789, 4500, true, UNDERLAY.namespace());
        Map<String, String> presence = DRIVER.decidePresence(network, esp);
        assertThat(presence).containsEntry("overlay.mtu", "1408");
        List<KernelOp> ops = DRIVER.planPresence(network, presence).ops();
        assertThat(ops.get(2)).isInstanceOfSatisfying(KernelOp.SealPort.class, seal -> {
            assertThat(seal.local()).isEqualTo(UNDERLAY.address());
            assertThat(seal.port()).isEqualTo(4500);
            assertThat(seal.inner()).isEqualTo(4501);
            assertThat(seal.isShared()).isTrue();
        });
        var vxlan = (LinkSpec.Vxlan) ((LinkOp.AddLink) ops.get(3)).link();
        assertThat(vxlan.port()).isEqualTo(4501);
        assertThat(vxlan.sealed()).isTrue();
    }

    @Test // OV-09, OV-11, OV-15
    void anEndpointIsAPortAndAPeerIsTwoEntries() {
        NetworkState network = decided(network("a", Map.of()));
        Map<String, String> presence = DRIVER.decidePresence(network, UNDERLAY);
        Attachment attachment =
                DRIVER.planAttachment(network, endpoint(presence), new AttachPoint(NamespaceRef.at("/run/s"), "eth0"));
        assertThat(attachment.gateways()).isEmpty();
        assertThat(attachment.routes()).extracting(Object::toString).containsExactly("172.18.0.0/16 dev eth0");
        assertThat(attachment.link().render().get(0))
                .contains("ip link add name epeeeeeeeeeeee mtu 1450", "master br0", "peer name eth0", "netns /run/s");

        var peer = new Peer(endpoint(Map.of()), IpAddress.parse("10.0.0.2"));
        String inside = "nsenter --net=/run/c/netns/net-aaaaaaaaaaaa ";
        assertThat(DRIVER.planPeer(network, presence, peer).render())
                .containsExactly(
                        inside + "bridge fdb replace 02:42:ac:11:00:02 dev vxlan0 dst 10.0.0.2 self permanent",
                        inside + "ip neigh add 172.17.0.2 lladdr 02:42:ac:11:00:02 dev vxlan0 nud permanent");
        var loud = decided(network("a", Map.of(OverlayOptions.BROADCAST, "true")));
        assertThat(DRIVER.planPeer(loud, presence, peer).render())
                .contains(inside + "bridge fdb append 00:00:00:00:00:00 dev vxlan0 dst 10.0.0.2 self permanent");
    }
}
