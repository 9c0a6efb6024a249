package io.cnm4j.plugin.server;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.error.NotFoundException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.driver.remote.protocol.EndpointInterface;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.driver.remote.protocol.PoolData;
import io.cnm4j.driver.remote.protocol.PortBindings;
import io.cnm4j.plugin.server.Served.Endpoint;
import io.cnm4j.plugin.server.Served.Network;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.PortPublisher;
import io.cnm4j.spi.driver.Siblings;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A network driver, served. One request after the other: the engine waits for each. */
public final class NetworkService implements PluginService {
    private static final String GENERIC = "com.docker.network.generic";

    private final NetworkDriver driver;
    private final String scope;
    private final ServedHost host;
    private final ServedRecords records;
    private final ServedPlans plans;
    private final Map<NetworkId, Network> networks = new TreeMap<>(java.util.Comparator.comparing(NetworkId::value));
    private final Map<EndpointId, Endpoint> endpoints =
            new TreeMap<>(java.util.Comparator.comparing(EndpointId::value));

    /**
     * Takes up what the records say: makes what is missing of networks, and removes what has our mark and no record.
     *
     * @param driver plans the networks
     * @param global whether they are known to all hosts of a swarm, which then share names and subnets
     * @param host what it works with
     */
    public NetworkService(NetworkDriver driver, boolean global, ServedHost host) {
        this.driver = driver;
        this.scope = global ? "global" : "local";
        this.host = host;
        this.records = new ServedRecords(host.records());
        this.plans = new ServedPlans(host);
        records.all("network/", Network::read).forEach(network -> networks.put(network.id(), network));
        records.all("endpoint/", Endpoint::read).forEach(endpoint -> endpoints.put(endpoint.id(), endpoint));
        plans.restore(
                networks.values().stream().map(this::plan).toList(),
                endpoints.values().stream()
                        .map(endpoint -> attachment(endpoint).link())
                        .toList(),
                endpoints.values().stream().map(this::ports).toList());
    }

    @Override
    public String type() {
        return Method.NETWORK_DRIVER;
    }

    @Override
    public synchronized Optional<Map<String, Object>> answer(Method method, Fields request) {
        return switch (method) {
            case NETWORK_CAPABILITIES -> Optional.of(new NetworkCapabilities(scope, scope, true).write());
            case GATEWAY_CHECK -> Optional.of(gatewayCheck(request));
            case ALLOCATE_NETWORK -> Optional.of(Map.of("Options", request.textMap("Options")));
            case CREATE_NETWORK -> done(() -> createNetwork(request));
            case DELETE_NETWORK -> done(() -> deleteNetwork(network(request)));
            case CREATE_ENDPOINT -> Optional.of(createEndpoint(request));
            case DELETE_ENDPOINT -> done(() -> deleteEndpoint(endpoint(request)));
            case ENDPOINT_INFO ->
                Optional.of(Map.of(
                        "Value",
                        Map.of(
                                "com.docker.network.endpoint.macaddress",
                                endpoint(request).mac().toString())));
            case JOIN -> Optional.of(join(endpoint(request)).write());
            case LEAVE -> done(() -> put(withoutPorts(endpoint(request)).in(false)));
            case PROGRAM_CONNECTIVITY -> done(() -> publish(request));
            case REVOKE_CONNECTIVITY -> done(() -> withoutPorts(endpoint(request)));
            case FREE_NETWORK, DISCOVER_NEW, DISCOVER_DELETE -> done(() -> {});
            default -> Optional.empty();
        };
    }

    private static Optional<Map<String, Object>> done(Runnable work) {
        work.run();
        return Optional.of(Map.of());
    }

    private Map<String, Object> gatewayCheck(Fields request) {
        Fields options = request.object("Options").orElse(Fields.NONE);
        NetworkState draft = new Network(
                        new NetworkId("0".repeat(64)), true, true, false, generic(options), List.of(), Map.of())
                .state(host.id());
        NetworkNeeds needs = driver.needs(draft);
        return Map.of("SkipIPv4", !needs.gateway4(), "SkipIPv6", !needs.gateway6());
    }

    private static Map<String, String> generic(Fields options) {
        return options.textMap(GENERIC);
    }

    private void createNetwork(Fields request) {
        Fields options = request.object("Options").orElse(Fields.NONE);
        List<PoolData> pools = Stream.concat(request.objects("IPv4Data").stream(), request.objects("IPv6Data").stream())
                .map(PoolData::read)
                .filter(pool -> pool.pool().length() > 0) // the null IPAM driver's
                .toList();
        var draft = new Network(
                new NetworkId(request.text("NetworkID")),
                pools.stream().anyMatch(pool -> pool.pool().family() == Family.IPV4),
                pools.stream().anyMatch(pool -> pool.pool().family() == Family.IPV6),
                options.flag("com.docker.network.internal"),
                generic(options),
                pools,
                Map.of());
        if (networks.containsKey(draft.id())) {
            throw new ConflictException("network " + draft.id() + " exists; delete it first");
        }
        driver.needs(draft.state(host.id()));
        Network network = draft.withNote(driver.decideNetwork(draft.state(host.id()), context(draft)));
        plans.apply(plan(network), otherPlans(network), () -> records.put("network/" + network.id(), network.write()));
        networks.put(network.id(), network);
    }

    private DriverContext context(Network network) {
        List<NetworkState> siblings = networks.values().stream()
                .filter(other -> !other.id().equals(network.id()))
                .map(other -> other.state(host.id()))
                .toList();
        return new DriverContext(host.host(), Siblings.of(siblings), host.random(), host.mayForward());
    }

    private Plan plan(Network network) {
        return driver.planNetwork(network.state(host.id()));
    }

    private List<Plan> otherPlans(Network network) {
        return networks.values().stream()
                .filter(other -> !other.id().equals(network.id()))
                .map(this::plan)
                .toList();
    }

    private void deleteNetwork(Network network) {
        List<Endpoint> left = endpoints.values().stream()
                .filter(endpoint -> endpoint.network().equals(network.id()))
                .toList();
        if (!left.isEmpty()) {
            throw new InUseException(
                    "network " + network.id() + " still has " + left.size() + " endpoint(s); delete them first");
        }
        plans.remove(plan(network), otherPlans(network), () -> records.remove(List.of("network/" + network.id())));
        networks.remove(network.id());
    }

    private Map<String, Object> createEndpoint(Fields request) {
        Network network = network(request);
        var id = new EndpointId(request.text("EndpointID"));
        if (endpoints.containsKey(id)) {
            throw new ConflictException("endpoint " + id + " exists; delete it first");
        }
        EndpointInterface asked = EndpointInterface.in(request);
        MacAddress mac = asked.mac()
                .orElseGet(() -> MacAddress.localUnicast(host.random().nextLong()));
        var addresses = new ArrayList<IpPrefix>();
        asked.ipv4().ifPresent(addresses::add);
        asked.ipv6().ifPresent(addresses::add);
        var draft = new Endpoint(id, network.id(), addresses, mac, Map.of(), false, List.of());
        put(draft.withNote(driver.decideEndpoint(network.state(host.id()), draft.state(), context(network))));
        return asked.mac().isPresent()
                ? Map.of()
                : Map.of(
                        "Interface",
                        new EndpointInterface(Optional.empty(), Optional.empty(), Optional.of(mac)).write());
    }

    private void put(Endpoint endpoint) {
        records.put(key(endpoint), endpoint.write());
        endpoints.put(endpoint.id(), endpoint);
    }

    private static String key(Endpoint endpoint) {
        return "endpoint/" + endpoint.id();
    }

    private Attachment attachment(Endpoint endpoint) {
        Network network = existing(endpoint.network());
        return driver.planAttachment(
                network.state(host.id()),
                endpoint.state(),
                new AttachPoint(NamespaceRef.HOST, interfaceName(endpoint)));
    }

    /** Returns how the sandbox' end is called until the engine moves it. */
    private static String interfaceName(Endpoint endpoint) {
        return "cnm" + endpoint.id().value().substring(0, 12);
    }

    private JoinAnswer join(Endpoint endpoint) {
        if (endpoint.joined()) {
            throw new InUseException("endpoint " + endpoint.id() + " is in a sandbox; let it leave first");
        }
        Attachment attachment = attachment(endpoint);
        plans.ensure(attachment.link()); // what a sandbox left may be there still
        put(endpoint.in(true));
        String prefix =
                driver.needs(existing(endpoint.network()).state(host.id())).interfacePrefix();
        return new JoinAnswer(
                attachment.link().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new JoinAnswer.Link(interfaceName(endpoint), "", prefix)),
                gateway(attachment, Family.IPV4),
                gateway(attachment, Family.IPV6),
                attachment.routes().stream()
                        .map(route -> new JoinAnswer.Route(
                                Optional.of(route.destination()),
                                route.gateway().isEmpty(),
                                route.gateway()))
                        .toList(),
                false);
    }

    private static Optional<IpAddress> gateway(Attachment attachment, Family family) {
        return attachment.gateways().stream()
                .filter(gateway -> gateway.family() == family)
                .findFirst();
    }

    private void deleteEndpoint(Endpoint published) {
        Endpoint endpoint = withoutPorts(published);
        plans.remove(attachment(endpoint).link(), List.of(), () -> records.remove(List.of(key(endpoint))));
        endpoints.remove(endpoint.id());
    }

    /** Returns what the ports of an endpoint mean for the host. */
    private Plan ports(Endpoint endpoint) {
        return endpoint.ports().isEmpty()
                ? Plan.EMPTY
                : publisher()
                        .planPorts(existing(endpoint.network()).state(host.id()), endpoint.state(), endpoint.ports());
    }

    private PortPublisher publisher() {
        if (driver instanceof PortPublisher publisher) {
            return publisher;
        }
        throw new UnsupportedException(
                "driver '" + driver.name() + "' publishes no ports; run the container without -p");
    }

    /** What the endpoint was published on before goes: the engine says all of it each time. */
    private void publish(Fields request) {
        List<PublishedPort> wishes = PortBindings.read(request.object("Options").orElse(Fields.NONE));
        Endpoint endpoint = withoutPorts(endpoint(request));
        if (!wishes.isEmpty()) {
            var chosen = new ChosenPorts(
                    publisher(), existing(endpoint.network()).state(host.id()), endpoint, endpoints.values());
            chosen.take(wishes, mappings -> {
                Endpoint published = endpoint.on(mappings);
                plans.apply(ports(published), List.of(), () -> put(published));
            });
        }
    }

    private Endpoint withoutPorts(Endpoint endpoint) {
        if (endpoint.ports().isEmpty()) {
            return endpoint;
        }
        Endpoint bare = endpoint.on(List.of());
        plans.remove(ports(endpoint), List.of(), () -> put(bare));
        return bare;
    }

    private Network network(Fields request) {
        return existing(new NetworkId(request.text("NetworkID")));
    }

    private Network existing(NetworkId id) {
        return Optional.ofNullable(networks.get(id))
                .orElseThrow(() -> new NotFoundException("network " + id + " not found; it was deleted, or never was"));
    }

    private Endpoint endpoint(Fields request) {
        var id = new EndpointId(request.text("EndpointID"));
        return Optional.ofNullable(endpoints.get(id))
                .orElseThrow(
                        () -> new NotFoundException("endpoint " + id + " not found; it was deleted, or never was"));
    }
}
