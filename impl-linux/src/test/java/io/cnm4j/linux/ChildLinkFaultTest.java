package io.cnm4j.linux;

import static org.junit.jupiter.api.Assumptions.abort;

import io.cnm4j.api.Network;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.macvlan.IpvlanOptions;
import io.cnm4j.driver.macvlan.MacvlanOptions;
import io.cnm4j.spi.plan.IpvlanMode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures and deaths at every call of every step with networks of child links. Where the kernel lacks a kind of link, {@code
 * .ci/test-other-kernel} runs one that has it.
 */
class ChildLinkFaultTest {
    private static final String PARENT = "up0";
    private static final String TAGGED = "up0.30";

    @TempDir
    Path directory;

    @KernelTest
    void macvlanOnALink() {
        survives("macvlan", MacvlanOptions.on(PARENT).withHostLeg().toOptions());
    }

    @KernelTest // VL-05, VL-07
    void macvlanOnATaggedLink() {
        survives("macvlan", MacvlanOptions.on(TAGGED).toOptions());
    }

    @KernelTest // VL-03
    void macvlanWithoutAParent() {
        survives("macvlan", Map.of());
    }

    @KernelTest
    void ipvlanOnALink() {
        survives("ipvlan", IpvlanOptions.on(PARENT).toOptions());
    }

    @KernelTest // VL-05, VL-07, VL-12
    void ipvlanOnATaggedLink() {
        survives("ipvlan", IpvlanOptions.on(TAGGED).inMode(IpvlanMode.L3).toOptions());
    }

    @KernelTest // VL-03
    void ipvlanWithoutAParent() {
        survives("ipvlan", Map.of());
    }

    private void survives(String driver, Map<String, String> options) {
        TestNetns.inHere("ip", "link", "add", PARENT, "up", "type", "veth", "peer", "name", "up1");
        TestNetns.inHere("ip", "link", "set", "up1", "up");
        var tap = new FaultTap();
        try (var lab = new Lab(directory, tap)) {
            NetworkRequest lan = lan(driver, options);
            try {
                lab.controller().createNetwork(lan).delete();
            } catch (UnsupportedException lacking) {
                abort(lacking.getMessage() + "; see .ci/test-other-kernel");
            }
            story(lan, next(driver, options)).survives(lab, tap);
        } finally {
            TestNetns.inHere("ip", "link", "del", PARENT);
        }
    }

    private static NetworkRequest lan(String driver, Map<String, String> options) {
        SubnetRequest.Builder subnet = SubnetRequest.builder().pool(IpPrefix.parse("10.30.0.0/24"));
        if (options.containsKey(MacvlanOptions.HOST_LEG)) {
            subnet.putAuxiliary(MacvlanOptions.LEG_IPV4, IpAddress.parse("10.30.0.200"));
        }
        return NetworkRequest.builder()
                .name("lan")
                .driver(driver)
                .options(options)
                .ipv6(true)
                .addSubnets(subnet.build(), SubnetRequest.of("fd00:30::/64"))
                .build();
    }

    /** Returns one on the same parent, but for an ipvlan: its parent has one network. */
    private static NetworkRequest next(String driver, Map<String, String> options) {
        NetworkRequest.Builder next =
                NetworkRequest.builder().name("next").driver(driver).addSubnets(SubnetRequest.of("10.31.0.0/24"));
        if (driver.equals("macvlan") && options.containsKey(MacvlanOptions.PARENT)) {
            next.putOptions(MacvlanOptions.PARENT, options.get(MacvlanOptions.PARENT));
        }
        return next.build();
    }

    private static Story story(NetworkRequest lan, NetworkRequest next) {
        return new Story()
                .makes("create lan", lab -> lab.controller().createNetwork(lan))
                .makes("create sandbox", lab -> lab.sandbox("one"))
                .makes("connect", lab -> connect(lab, "lan"))
                .makes("create next", lab -> lab.controller().createNetwork(next))
                .makes("connect to next", lab -> connect(lab, "next"))
                .removes(
                        "disconnect",
                        lab -> network(lab, "lan").endpointByName("lan").disconnect())
                .removes("delete lan", lab -> network(lab, "lan").delete())
                .removes(
                        "delete sandbox",
                        lab -> lab.controller().sandboxByContainer("one").delete())
                .removes("delete next", lab -> network(lab, "next").delete());
    }

    private static Network network(Lab lab, String name) {
        return lab.controller().networkByName(name);
    }

    private static void connect(Lab lab, String name) {
        network(lab, name).connect(lab.controller().sandboxByContainer("one"), EndpointRequest.named(name));
    }
}
