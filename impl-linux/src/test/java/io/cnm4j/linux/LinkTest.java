package io.cnm4j.linux;

import static io.cnm4j.linux.EchoServer.askTcp;
import static io.cnm4j.linux.EchoServer.askTcpShortly;
import static io.cnm4j.linux.EchoServer.askUdp;
import static io.cnm4j.linux.EchoServer.askUdpShortly;
import static io.cnm4j.linux.Traffic.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ContainerPorts;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Links between containers that are apart otherwise. BI-17, BP-16 */
class LinkTest {
    private static final int PORT = 6379;
    private static final int IN_RANGE = 7003;
    private static final int HIDDEN = 6380;

    @TempDir
    Path directory;

    private static Network apart(Lab lab, boolean internal) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("apart")
                        .ipv6(true)
                        .internal(internal)
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                        .options(BridgeOptions.builder().icc(false).build().toOptions())
                        .build());
    }

    private static EndpointRequest exposing(String name) {
        return EndpointRequest.builder()
                .name(name)
                .addExpose(
                        ContainerPorts.parse(PORT + "/tcp"),
                        ContainerPorts.parse(PORT + "/udp"),
                        ContainerPorts.parse("7000-7005/tcp"),
                        ContainerPorts.parse("7000-7005/udp"))
                .build();
    }

    private static EndpointRequest linking(String name, String to) {
        return EndpointRequest.builder().name(name).putLinks("db", to).build();
    }

    private static Sandbox sandbox(Lab lab, String name) {
        return lab.controller().createSandbox(SandboxRequest.forContainer(name));
    }

    private static Sandbox again(Lab lab, Sandbox sandbox) {
        return lab.controller().sandboxByContainer(sandbox.containerId());
    }

    private static List<String> addresses(Sandbox sandbox) {
        return Arrays.stream(Family.values())
                .map(family -> Lab.address(sandbox, family))
                .toList();
    }

    private static void reached(Sandbox from, Sandbox to) throws Exception {
        String name = to.containerId() + " ";
        for (String address : addresses(to)) {
            assertThat(askTcp(in(from), address, PORT).orElse(""))
                    .as(address)
                    .startsWith(name)
                    .doesNotContain("20.0.1");
            assertThat(askUdp(in(from), address, PORT).orElse("")).as(address).startsWith(name);
            assertThat(askTcp(in(from), address, IN_RANGE).orElse(""))
                    .as(address)
                    .startsWith(name);
        }
    }

    private static void cutOff(Sandbox from, Sandbox to, int port) throws Exception {
        for (String address : addresses(to)) {
            assertThat(askTcpShortly(in(from), address, port)).as(address).isEmpty();
            assertThat(askUdpShortly(in(from), address, port)).as(address).isEmpty();
        }
    }

    @KernelTest
    void whoLinksReachesWhatIsExposedAndNobodyElseDoes() throws Exception {
        try (var lab = new Lab(directory)) {
            Network apart = apart(lab, false);
            Sandbox store = sandbox(lab, "store");
            Sandbox app = sandbox(lab, "app");
            Sandbox other = sandbox(lab, "other");
            apart.connect(store, exposing("store"));
            apart.connect(app, linking("app", "store"));
            apart.connect(other, exposing("other"));
            try (var server = EchoServer.in(store, PORT);
                    var range = EchoServer.in(store, IN_RANGE);
                    var hidden = EchoServer.in(store, HIDDEN);
                    var back = EchoServer.in(app, PORT)) {
                reached(app, store);
                cutOff(app, store, HIDDEN);
                cutOff(other, store, PORT);
                cutOff(store, app, PORT); // a link leads one way
                for (String address : addresses(app)) { // not from the port that is linked to either
                    assertThat(EchoServer.askUdp(in(store), address, PORT, 7001, 300))
                            .isEmpty();
                }
                lab.reopen();
                assertThat(lab.controller().check()).isEmpty();
                reached(again(lab, app), again(lab, store));
                cutOff(again(lab, other), again(lab, store), PORT);
            }
        }
    }

    @KernelTest
    void linksFollowWhomTheyName() throws Exception {
        try (var lab = new Lab(directory)) {
            Network apart = apart(lab, false);
            Sandbox store = sandbox(lab, "store");
            Sandbox app = sandbox(lab, "app");
            Endpoint linking = apart.connect(app, linking("app", "store"));
            Endpoint first = apart.connect(store, exposing("store"));
            try (var server = EchoServer.in(store, PORT);
                    var range = EchoServer.in(store, IN_RANGE)) {
                reached(app, store);
                first.disconnect();
                Sandbox heir = sandbox(lab, "heir"); // may well have the address that the link led to
                apart.connect(
                        heir,
                        EndpointRequest.builder()
                                .name("heir")
                                .ipv4(IpAddress.parse("10.20.0.3"))
                                .build());
                try (var inHeir = EchoServer.in(heir, PORT)) {
                    cutOff(app, heir, PORT);
                }
                apart.connect(store, exposing("store"));
                reached(app, store);
                assertThat(lab.controller().check()).isEmpty();
                linking.disconnect();
                apart.connect(app, EndpointRequest.named("app"));
                cutOff(app, store, PORT);
            }
            assertThat(lab.controller().check()).isEmpty();
            lab.clear();
        }
    }

    @KernelTest
    void whoIsGoneAtOpenIsLinkedToNoMore() throws Exception {
        try (var lab = new Lab(directory)) {
            Network apart = apart(lab, false);
            Sandbox zoo = sandbox(lab, "zoo"); // after the other by name
            apart.connect(zoo, exposing("zoo"));
            apart.connect(sandbox(lab, "app"), linking("app", "zoo"));
            String table = "cnm4j-" + lab.controller().id().shortForm();
            assertThat(TestNetns.inHere("nft", "list", "set", "inet", table, "linked4"))
                    .contains("10.20.0.3 . 10.20.0.2 . tcp . " + PORT);
            lab.controller().close();
            TestNetns.inHere("umount", zoo.namespacePath().toString());
            lab.reopen();
            assertThat(lab.controller().sandboxes()).hasSize(1);
            assertThat(TestNetns.inHere("nft", "list", "set", "inet", table, "linked4"))
                    .doesNotContain("10.20.0.2");
            assertThat(lab.controller().check()).isEmpty();
        }
    }

    @KernelTest
    void onAnInternalNetworkToo() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns.inHere("sysctl", "-q", "-w", "net.ipv4.ip_forward=0");
            Network apart = apart(lab, true);
            Sandbox store = sandbox(lab, "store");
            Sandbox app = sandbox(lab, "app");
            apart.connect(store, exposing("store"));
            apart.connect(app, linking("app", "store"));
            try (var server = EchoServer.in(store, PORT)) {
                String address = Lab.address(store, Family.IPV4);
                assertThat(askTcp(in(app), address, PORT))
                        .hasValueSatisfying(s -> assertThat(s).startsWith("store "));
                assertThat(askTcpShortly(in(store), Lab.address(app, Family.IPV4), PORT))
                        .isEmpty();
            }
        }
    }
}
