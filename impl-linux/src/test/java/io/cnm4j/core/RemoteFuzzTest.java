package io.cnm4j.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.core.ledger.EndpointRecord;
import io.cnm4j.driver.remote.RemoteDriverSource;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.spi.driver.DriverSource;
import io.cnm4j.spi.driver.DriverSource.Drivers;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.tck.FakeExecutor;
import io.cnm4j.tck.FakeHost;
import io.cnm4j.tck.FakePlugin;
import io.cnm4j.tck.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A plug-in does what it is asked and answers something else, to each method of both kinds of driver: every verb works or ends with an error
 * of ours, one that makes something and fails changes nothing here, and a repair leaves nothing on one side only. RN-01 to RN-13, RI-01 to
 * RI-07, IPN-03
 */
class RemoteFuzzTest {
    private static final String NETWORK = "NetworkDriver.";
    private static final String IPAM = "IpamDriver.";
    private static final int MOST = 100_000;
    private static final int MUTATIONS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final List<String> WRONG = List.of("7", "true", "[]", "[7]", "{}", "\"\"", "\"x\"", "null", "-1e99");

    /** The methods that are called, and the fields that their answers may have. */
    private static final Map<String, List<String>> METHODS = Map.ofEntries(
            Map.entry("Plugin.Activate", List.of("Implements")),
            Map.entry(NETWORK + "GetCapabilities", List.of("Scope", "ConnectivityScope", "GwAllocChecker")),
            Map.entry(NETWORK + "GwAllocCheck", List.of("SkipIPv4", "SkipIPv6")),
            Map.entry(NETWORK + "CreateNetwork", List.of()),
            Map.entry(NETWORK + "DeleteNetwork", List.of()),
            Map.entry(NETWORK + "CreateEndpoint", List.of("Interface")),
            Map.entry(NETWORK + "DeleteEndpoint", List.of()),
            Map.entry(
                    NETWORK + "Join",
                    List.of("InterfaceName", "Gateway", "GatewayIPv6", "StaticRoutes", "DisableGatewayService")),
            Map.entry(NETWORK + "Leave", List.of()),
            Map.entry(NETWORK + "ProgramExternalConnectivity", List.of()),
            Map.entry(NETWORK + "RevokeExternalConnectivity", List.of()),
            Map.entry(IPAM + "GetCapabilities", List.of("RequiresMACAddress", "RequiresRequestReplay")),
            Map.entry(
                    IPAM + "GetDefaultAddressSpaces", List.of("LocalDefaultAddressSpace", "GlobalDefaultAddressSpace")),
            Map.entry(IPAM + "RequestPool", List.of("PoolID", "Pool", "Data")),
            Map.entry(IPAM + "ReleasePool", List.of()),
            Map.entry(IPAM + "RequestAddress", List.of("Address", "Data")),
            Map.entry(IPAM + "ReleaseAddress", List.of()));

    /** Objects inside the answers, with one field wrong. */
    private static final List<String> INSIDE = List.of(
            "\"Interface\":{\"Address\":\"10.20.0.300/24\"}",
            "\"Interface\":{\"Address\":\"10.20.0.9\"}",
            "\"Interface\":{\"AddressIPv6\":\"10.20.0.9/24\"}",
            "\"Interface\":{\"MacAddress\":\"02:00\"}",
            "\"InterfaceName\":{\"SrcName\":7}",
            "\"InterfaceName\":{\"SrcName\":\"../x\",\"DstPrefix\":\"eth\"}",
            "\"InterfaceName\":{\"SrcName\":\"x\",\"DstPrefix\":\"a-name-that-is-far-too-long\"}",
            "\"StaticRoutes\":[{\"Destination\":\"10.0.0.1/24\"}]",
            "\"StaticRoutes\":[{\"Destination\":\"10.0.0.0/24\",\"RouteType\":2}]",
            "\"StaticRoutes\":[{\"Destination\":\"10.0.0.0/24\",\"NextHop\":\"::1\"}]",
            "\"Pool\":\"10.20.0.0/99\"",
            "\"Pool\":\"fd00::/64\"",
            "\"Address\":\"fd00::1/64\"",
            "\"Address\":\"10.20.0.2\"",
            "\"Err\":\"no\",\"Error\":\"no\"");

    @TempDir
    Path directory;

    private final FakeHost host = new FakeHost();
    private final MemoryStore lasting = new MemoryStore();
    private final MemoryStore living = new MemoryStore();
    private FakePlugin plugin;
    private int processes; // the seed of each: ids never come again

    @BeforeEach
    void listen() {
        plugin = new FakePlugin(directory.resolve("weave.sock"));
        plugin.says(NETWORK + "GetCapabilities", "{\"Scope\":\"local\",\"GwAllocChecker\":true}");
    }

    @AfterEach
    void close() {
        plugin.close();
    }

    static Stream<String> methods() {
        return METHODS.keySet().stream().sorted();
    }

    private static String http(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body;
    }

    /** Returns answers that a sound one could be replaced by, HTTP and all. */
    private static List<String> junk(String method, String sound) {
        var answers = new ArrayList<>(List.of(
                "",
                "\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\n\0\1\2",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n{",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                http("[]"),
                http("null"),
                http("{} {}"),
                http("{\"x\":".repeat(200) + "1" + "}".repeat(200)),
                http("{\"x\":\"" + "y".repeat(MOST) + "\"}"),
                http("{\"Implements\":[" + "\"NetworkDriver\",".repeat(5000) + "\"IpamDriver\"]}"),
                http("{\"StaticRoutes\":[" + "{},".repeat(20_000) + "{}]}")));
        String open = sound.substring(0, sound.length() - 1) + (sound.length() > 2 ? "," : "");
        List<String> fields = METHODS.getOrDefault(method, List.of());
        Stream.concat(fields.stream(), Stream.of("Err", "Error"))
                .flatMap(field -> WRONG.stream().map(wrong -> "\"" + field + "\":" + wrong))
                .forEach(last -> answers.add(http(open + last + "}"))); // the last of two is read
        INSIDE.stream()
                .filter(field ->
                        field.startsWith("\"Err") || fields.contains(field.substring(1, field.indexOf('"', 1))))
                .forEach(last -> answers.add(http(open + last + "}")));
        for (int seed = 0; seed < MUTATIONS; seed++) {
            answers.add(mutated(http(sound), new Random(seed)));
        }
        return answers;
    }

    private static String mutated(String sound, Random random) {
        var text = new StringBuilder(sound);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.deleteCharAt(at);
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 20)));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void junkIsAnErrorOfOursAndNothingIsOnOneSideOnly(String method) {
        int count = junk(method, "{}").size();
        for (int number = 0; number < count; number++) {
            int index = number;
            plugin.does(
                    method,
                    (body, out) -> FakePlugin.raw(
                            out, junk(method, acted(method, body)).get(index)));
            livesThrough(method, junk(method, "{}").get(index), PATIENCE);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void silenceIsAnErrorOfOursAndNothingIsOnOneSideOnly(String method) {
        plugin.does(method, (body, out) -> {
            acted(method, body);
            while (out.isOpen()) {
                FakePlugin.raw(out, " "); // until the caller hangs up
                java.util.concurrent.TimeUnit.MILLISECONDS.sleep(10);
            }
        });
        livesThrough(method, "drops without end", Duration.ofMillis(300));
    }

    /** Nobody can give back a pool whose name nobody was told. */
    private String acted(String method, String body) {
        return method.endsWith("RequestPool") ? "{}" : plugin.act(method, body).orElseThrow();
    }

    private Drivers drivers(Duration limit) {
        var limits =
                new Limits(limit, Duration.ofMillis(1), Duration.ofMillis(50), MOST, 1_000_000, Duration.ofSeconds(1));
        return new RemoteDriverSource(limits).open(new DriverSource.Setting(List.of(directory), Set.of(), Set.of()));
    }

    private CoreFixture open(Drivers drivers) {
        return new CoreFixture(
                CoreFixture.parts(
                        host,
                        new FakeExecutor(host),
                        drivers.network("weave").orElseThrow(),
                        drivers.ipam("weave")
                                .orElseThrow()
                                .open(new AddressSpace(AddressSpace.Scope.LOCAL, List.of(), "c")),
                        lasting.reopen(),
                        living.reopen(),
                        new Random(processes++)),
                System::nanoTime);
    }

    private interface Verb {
        void run(NetworkController controller);
    }

    private static final List<Verb> BEFORE = List.of(
            cnm -> cnm.createNetwork(NetworkRequest.builder()
                    .name("net")
                    .driver("weave")
                    .addSubnets(SubnetRequest.of("10.20.0.0/24"))
                    .build()),
            cnm -> cnm.createSandbox(SandboxRequest.forContainer("one")),
            cnm -> cnm.networkByName("net").connect(cnm.sandboxByContainer("one"), leading("one")));

    private static final List<Verb> AFTER = List.of( // an open
            cnm -> cnm.networkByName("net").createEndpoint(leading("two")),
            cnm -> cnm.networkByName("net").endpointByName("two").delete(),
            cnm -> cnm.networkByName("net").endpointByName("one").leave(),
            cnm -> cnm.networkByName("net").endpointByName("one").join(cnm.sandboxByContainer("one")),
            cnm -> cnm.sandboxByContainer("one").delete(),
            cnm -> cnm.networkByName("net").delete());

    private static EndpointRequest leading(String name) {
        return EndpointRequest.builder()
                .name(name)
                .putOptions(FakePlugin.GATEWAY, "10.20.0.1")
                .build();
    }

    private void livesThrough(String method, String answer, Duration limit) {
        String when = method + " answers " + answer.substring(0, Math.min(answer.length(), 200));
        String fresh = host.dump();
        try (Drivers drivers = drivers(limit)) {
            CoreFixture core = open(drivers);
            BEFORE.forEach(verb -> attempt(verb, core, when));
            core.controller().close();
            CoreFixture more = open(drivers);
            AFTER.forEach(verb -> attempt(verb, more, when));
            more.controller().close();
        }
        plugin.recovers(method);
        plugin.says(NETWORK + "GetCapabilities", "{\"Scope\":\"local\",\"GwAllocChecker\":true}");
        try (Drivers drivers = drivers(PATIENCE)) {
            CoreFixture again = open(drivers);
            List<Finding> findings = again.controller().check();
            assertThat(findings).as(when).allMatch(finding -> finding.kind() == Finding.Kind.OUTSIDE);
            assertThat(again.controller().repair(findings)).as(when).isEmpty();
            assertThat(held("pool ", "address ")).as(when).isEqualTo(recorded(again));
            again.controller().sandboxes().forEach(sandbox -> sandbox.delete());
            again.controller().networks().forEach(network -> {
                network.endpoints().forEach(endpoint -> endpoint.delete());
                network.delete();
            });
            assertThat(held("address ")).as(when).isEmpty(); // those that are left went with their pool
            assertThat(again.ledger().effects().all()).as(when).isEmpty();
            again.controller().close();
        }
        assertThat(host.differencesSince(fresh)).as(when).isEmpty();
        plugin.forget();
    }

    /** Runs a verb; if it fails, host and records are as before, unless the verb takes something away. */
    private void attempt(Verb verb, CoreFixture core, String when) {
        String before = host.dump();
        Set<String> records = recorded(core);
        try {
            verb.run(core.controller());
        } catch (CnmException typed) {
            assertThat(typed.getMessage()).as(when).isNotBlank();
            if (BEFORE.contains(verb)) {
                assertThat(host.differencesSince(before)).as(when).isEmpty();
                assertThat(recorded(core)).as(when).isEqualTo(records);
            }
        }
    }

    private Set<String> held(String... without) {
        var held = new TreeSet<>(plugin.holds());
        held.removeIf(thing -> Stream.of(without).anyMatch(thing::startsWith));
        return held;
    }

    private static Set<String> recorded(CoreFixture core) {
        var things = new TreeSet<String>();
        core.ledger().networks().stream()
                .filter(network -> network.driver().equals("weave"))
                .forEach(network -> things.add("network " + network.id()));
        for (EndpointRecord endpoint : core.ledger().endpoints()) {
            things.add("endpoint " + endpoint.id());
            endpoint.joined().ifPresent(joined -> things.add("joined " + endpoint.id()));
            endpoint.joined()
                    .filter(joined -> !joined.gatewayFor().isEmpty())
                    .ifPresent(joined -> things.add("serving " + endpoint.id()));
        }
        return things;
    }
}
