package io.cnm4j.linux;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.tck.FakePlugin;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/**
 * Failures and deaths at every call of every step with sandboxes in places of their own: in namespaces that are handed over, with others,
 * in the host, with nothing but a loopback; and with those that get a way out.
 */
class PlacesFaultTest {
    private static final String PORT = "8001:80";

    @TempDir
    Path directory;

    private final FaultTap tap = new FaultTap();

    private static Network network(Lab lab, String name) {
        return lab.controller().networkByName(name);
    }

    private static Sandbox sandbox(Lab lab, String container) {
        return lab.controller().sandboxByContainer(container);
    }

    private static void create(Lab lab, String name, String driver) {
        lab.controller()
                .createNetwork(
                        NetworkRequest.builder().name(name).driver(driver).build());
    }

    private static void connect(Lab lab, String name, String... ports) {
        EndpointRequest.Builder request = EndpointRequest.builder().name("one");
        List.of(ports).forEach(port -> request.addPublish(PublishedPort.parse(port)));
        network(lab, name).connect(sandbox(lab, "one"), request.build());
    }

    private static Endpoint endpoint(Lab lab, String network) {
        return network(lab, network).endpointByName("one");
    }

    private static void delete(Lab lab, String container) {
        sandbox(lab, container).delete();
    }

    private static void createWeb(Lab lab) {
        lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("web")
                        .ipv6(true)
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                        .build());
    }

    private static void create(Lab lab, SandboxRequest.Builder request) {
        lab.controller().createSandbox(request.build());
    }

    @KernelTest // XK-04, XK-05, XK-06, EG-12
    void namespacesThatAreHandedOverAndShared() {
        Verb.makeParent();
        try (var lab = new Lab(directory, tap)) {
            Path first = Path.of(lab.apart("first").path());
            Path second = Path.of(lab.apart("second").path());
            SandboxRequest.Builder awaiting =
                    SandboxRequest.builder().containerId("one").namespaceLater(true);
            SandboxRequest.Builder sharing =
                    SandboxRequest.builder().containerId("two").sharedWith("one");
            new Story()
                    .given(PlacesFaultTest::createWeb)
                    .given(Verb.CREATE_LAN::run)
                    .makes("create sandbox", in -> create(in, awaiting))
                    .makes("connect", in -> connect(in, "web", PORT))
                    .given(in -> connect(in, "lan"))
                    .replaces("hand over", in -> sandbox(in, "one").useNamespace(first))
                    .replaces("hand over another", in -> sandbox(in, "one").useNamespace(second))
                    .makes("share", in -> create(in, sharing))
                    .removes("delete what shares", in -> delete(in, "two"))
                    .removes("delete", in -> delete(in, "one"))
                    .given(Lab::clear)
                    .survives(lab, tap);
        } finally {
            Verb.removeParent();
        }
    }

    @KernelTest // HN-01 to HN-04
    void theHostAndNothing() {
        try (var lab = new Lab(directory, tap)) {
            SandboxRequest.Builder inHost =
                    SandboxRequest.builder().containerId("one").hostNamespace(true);
            new Story()
                    .makes("create host", in -> create(in, "mine", "host"))
                    .makes("create sandbox in the host", in -> create(in, inHost))
                    .makes("connect", in -> connect(in, "mine"))
                    .removes("delete sandbox in the host", in -> delete(in, "one"))
                    .removes("delete host", in -> network(in, "mine").delete())
                    .makes("create none", in -> create(in, "nothing", "none"))
                    .given(in -> in.sandbox("one"))
                    .makes("connect to none", in -> connect(in, "nothing"))
                    .removes("disconnect", in -> endpoint(in, "nothing").disconnect())
                    .given(in -> delete(in, "one"))
                    .removes("delete none", in -> network(in, "nothing").delete())
                    .survives(lab, tap);
        }
    }

    @KernelTest // GW-05 to GW-09
    void aWayOut() {
        Path plugins = directory.resolve("plugins");
        try (var plugin = new FakePlugin(plugins.resolve("weave.sock"));
                var lab = new Lab(directory, tap, config -> config.addPluginDirectories(plugins))) {
            lab.othersHaveSockets(); // the plug-in
            NetworkRequest.Builder inward =
                    NetworkRequest.builder().name("net").driver("weave").addSubnets(SubnetRequest.of("10.20.0.0/24"));
            new Story()
                    .given(in -> in.controller().createNetwork(inward.build()))
                    .given(in -> in.sandbox("one"))
                    .makes("connect", in -> connect(in, "net", PORT))
                    .given(in -> in.network("web"))
                    .makes("take over", in -> connect(in, "web"))
                    .removes("give back", in -> endpoint(in, "web").disconnect())
                    .given(Lab::clear)
                    .survivesBriefly(lab, tap);
        }
    }

    @KernelTest // GW-05
    void withItsNetworks() {
        try (var lab = new Lab(directory, tap)) {
            new Story()
                    .given(PlacesFaultTest::createWeb)
                    .given(in -> in.network("net"))
                    .makes("create connected", in -> create(in, with(in, "web", "net")))
                    .removes("delete", in -> delete(in, "one"))
                    .given(Lab::clear)
                    .survives(lab, tap);
        }
    }

    @KernelTest // GW-06
    void withANetworkOfAPlugin() {
        Path plugins = directory.resolve("plugins");
        try (var plugin = new FakePlugin(plugins.resolve("weave.sock"));
                var lab = new Lab(directory, tap, config -> config.addPluginDirectories(plugins))) {
            lab.othersHaveSockets(); // the plug-in
            NetworkRequest.Builder inward =
                    NetworkRequest.builder().name("net").driver("weave").addSubnets(SubnetRequest.of("10.20.0.0/24"));
            new Story()
                    .given(in -> in.network("web"))
                    .given(in -> in.controller().createNetwork(inward.build()))
                    .makes("create connected", in -> create(in, with(in, "web", "net")))
                    .removes("delete", in -> delete(in, "one"))
                    .given(Lab::clear)
                    .survivesFailures(lab, tap);
        }
    }

    private static SandboxRequest.Builder with(Lab lab, String first, String second) {
        EndpointRequest.Builder published =
                EndpointRequest.builder().name("one").addPublish(PublishedPort.parse(PORT));
        return SandboxRequest.builder()
                .containerId("one")
                .connect(network(lab, first), published.build())
                .connect(network(lab, second), EndpointRequest.named("one"));
    }
}
