package io.cnm4j.spi.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RenderTest {
    private static final ControllerId CONTROLLER = new ControllerId("c".repeat(64));
    private static final NamespaceRef SANDBOX = NamespaceRef.at("/run/cnm4j/netns/0123");

    @Test
    void aPlanReadsAsLinesAnOperatorCouldType() {
        Plan plan = Plan.of(
                new LinkOp.AddLink(
                        NamespaceRef.HOST,
                        new LinkSpec.Veth(
                                "veth0",
                                1400,
                                Optional.of(new LinkSpec.BridgePort("br0", true, false)),
                                Mark.of(CONTROLLER, "endpoint 0123456789ab"),
                                new LinkSpec.Peer(
                                        SANDBOX, "eth0", Optional.of(MacAddress.parse("02:00:00:00:00:01"))))),
                new KernelOp.AddAddress(SANDBOX, "eth0", IpPrefix.parse("10.1.0.2/16")),
                new KernelOp.AddRoute(SANDBOX, RouteSpec.defaultVia(IpAddress.parse("10.1.0.1"), "eth0")));
        assertThat(plan.render())
                .containsExactly(
                        "ip link add name veth0 mtu 1400 group 1674366156 master br0 up type veth peer name eth0 mtu 1400 address 02:00:00:00:00:01"
                                + " netns /run/cnm4j/netns/0123",
                        "ip link set dev veth0 alias 'cnm4j cccccccccccc endpoint 0123456789ab'",
                        "nsenter --net=/run/cnm4j/netns/0123 ip link set dev eth0 up",
                        "bridge link set dev veth0 hairpin on",
                        "nsenter --net=/run/cnm4j/netns/0123 ip address add 10.1.0.2/16 dev eth0",
                        "nsenter --net=/run/cnm4j/netns/0123 ip route add default via 10.1.0.1 dev eth0");
        assertThat(plan.renderRemoval()).last().isEqualTo("ip link del dev veth0");
    }

    @Test
    void elementsReadAsNftWords() {
        assertThat(new FirewallOp.AddElements(
                                "cnm4j-x",
                                List.of(
                                        HostFirewall.within("br0", true),
                                        SourceElements.keep("br0", IpPrefix.parse("10.1.0.0/16")),
                                        SourceElements.keep("br0", IpPrefix.parse("10.1.2.0/25"))),
                                false)
                        .render())
                .containsExactly(
                        "nft add element inet cnm4j-x within { \"br0\" . \"br0\" : accept }",
                        "nft add element inet cnm4j-x keeprange4 { \"br0\" . 10.1.0.0/16 }",
                        "nft add element inet cnm4j-x keep4 { \"br0\" . 10.1.2.64 }");
    }

    @Test
    void everyRuleOfTheTableNamesASetThatTheTableHas() {
        FirewallTable table = HostFirewall.table(CONTROLLER);
        List<String> names = table.sets().stream().map(FirewallSet::name).toList();
        for (FirewallChain chain : table.chains()) {
            for (FirewallRule rule : chain.rules()) {
                String text = rule.render();
                if (text.contains("@")) {
                    assertThat(names).contains(text.replaceAll(".*@(\\w+).*", "$1"));
                }
            }
        }
    }
}
