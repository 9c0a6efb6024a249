package io.cnm4j.driver.remote;

import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.InterfaceNames;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.driver.remote.client.Limits;
import io.cnm4j.driver.remote.client.Plugin;
import io.cnm4j.driver.remote.protocol.EndpointInterface;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.JoinAnswer;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.driver.remote.protocol.NetworkCapabilities;
import io.cnm4j.driver.remote.protocol.PoolData;
import io.cnm4j.driver.remote.protocol.PortBindings;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.ExternalDriver;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.LinkOp.MoveLink;
import io.cnm4j.spi.plan.Mark;
import io.cnm4j.spi.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A plug-in as a network driver: rows RN. Thread-safe. */
final class RemoteNetworkDriver implements ExternalDriver, InwardDriver {
    private static final String GENERIC = "com.docker.network.generic";
    private static final String NO_PROXY = "com.docker.network.driver.private.no_proxy_6to4";
    private static final String USUAL_PREFIX = "eth";

    private final Plugin plugin;
    private final Limits limits;

    RemoteNetworkDriver(Plugin plugin, Limits limits) {
        this.plugin = plugin;
        this.limits = limits;
    }

    @Override
    public String name() {
        return plugin.name();
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        return needs(network, Deadline.after(limits.call()));
    }

    @Override
    public NetworkNeeds needs(NetworkState network, Deadline deadline) { // RN-01, RN-04
        if (!capabilities(deadline).gatewayCheck()) {
            return new NetworkNeeds(true, network.ipv4(), network.ipv6(), USUAL_PREFIX);
        }
        return plugin.call(
                Method.GATEWAY_CHECK,
                Map.of("Options", options(network)),
                deadline,
                fields -> new NetworkNeeds(
                        true,
                        network.ipv4() && !fields.flag("SkipIPv4"),
                        network.ipv6() && !fields.flag("SkipIPv6"),
                        USUAL_PREFIX));
    }

    private NetworkCapabilities capabilities(Deadline deadline) {
        return plugin.call(Method.NETWORK_CAPABILITIES, Map.of(), deadline, NetworkCapabilities::read);
    }

    @Override
    public void probe(Deadline deadline) {
        capabilities(deadline);
    }

    private static Map<String, Object> options(NetworkState network) {
        var options = new LinkedHashMap<String, Object>();
        options.put(GENERIC, new TreeMap<>(network.options()));
        options.put("com.docker.network.enable_ipv4", network.ipv4());
        options.put("com.docker.network.enable_ipv6", network.ipv6());
        if (network.internal()) {
            options.put("com.docker.network.internal", true);
        }
        return options;
    }

    @Override
    public void createNetwork(NetworkState network, Deadline deadline) { // RN-05
        var request = new LinkedHashMap<String, Object>();
        request.put("NetworkID", network.id().value());
        request.put("Options", options(network));
        request.put("IPv4Data", pools(network, Family.IPV4));
        request.put("IPv6Data", pools(network, Family.IPV6));
        plugin.call(Method.CREATE_NETWORK, request, deadline, Fields::values);
    }

    private static List<Map<String, Object>> pools(NetworkState network, Family family) {
        return network.pools().stream()
                .filter(pool -> pool.subnet().family() == family)
                .map(RemoteNetworkDriver::data)
                .map(PoolData::write)
                .toList();
    }

    private static PoolData data(NetworkPool pool) {
        var auxiliary = new TreeMap<String, IpPrefix>();
        pool.auxiliary()
                .forEach((name, address) -> auxiliary.put(name, pool.subnet().withAddress(address)));
        return new PoolData("", pool.subnet(), pool.gateway().map(pool.subnet()::withAddress), auxiliary);
    }

    @Override
    public void deleteNetwork(NetworkId network, Deadline deadline) { // RN-06
        Absent.isFine(() ->
                plugin.call(Method.DELETE_NETWORK, Map.of("NetworkID", network.value()), deadline, Fields::values));
    }

    @Override
    public Made createEndpoint(
            NetworkState network, EndpointState endpoint, Optional<MacAddress> mac, Deadline deadline) { // RN-07
        var asked = new EndpointInterface(endpoint.address(Family.IPV4), endpoint.address(Family.IPV6), mac);
        var request = new LinkedHashMap<String, Object>(ids(network.id(), endpoint.id()));
        request.put("Options", options(endpoint));
        request.put("Interface", asked.equals(EndpointInterface.NONE) ? null : asked.write());
        EndpointInterface given = plugin.call(Method.CREATE_ENDPOINT, request, deadline, EndpointInterface::in);
        var addresses = new ArrayList<IpPrefix>();
        filled("Address", asked.ipv4(), given.ipv4()).ifPresent(addresses::add);
        filled("AddressIPv6", asked.ipv6(), given.ipv6()).ifPresent(addresses::add);
        Optional<MacAddress> known = filled("MacAddress", mac, given.mac());
        return new Made(addresses, known, known.isPresent() ? Map.of() : EndpointNote.OWN_MAC);
    }

    /** A plug-in may fill what is not set, and change nothing. */
    private <T> Optional<T> filled(String field, Optional<T> asked, Optional<T> given) {
        if (asked.isPresent() && given.isPresent()) {
            throw plugin.senseless(
                    Method.CREATE_ENDPOINT,
                    field + " " + given.orElseThrow() + " although the endpoint has " + asked.orElseThrow()
                            + ": a plug-in may fill only what is not set",
                    null);
        }
        return asked.or(() -> given);
    }

    private static Map<String, Object> ids(NetworkId network, EndpointId endpoint) {
        var ids = new LinkedHashMap<String, Object>();
        ids.put("NetworkID", network.value());
        ids.put("EndpointID", endpoint.value());
        return ids;
    }

    @Override
    public void deleteEndpoint(NetworkId network, EndpointId endpoint, Deadline deadline) { // RN-08
        Absent.isFine(() -> plugin.call(Method.DELETE_ENDPOINT, ids(network, endpoint), deadline, Fields::values));
    }

    @Override
    public Map<String, String> info(NetworkId network, EndpointId endpoint, Deadline deadline) { // RN-09
        return plugin.callOptional(
                        Method.ENDPOINT_INFO,
                        ids(network, endpoint),
                        deadline,
                        fields -> fields.object("Value").map(Fields::jsonTexts).orElse(Map.of()))
                .orElse(Map.of());
    }

    @Override
    public Offer join(NetworkState network, EndpointState endpoint, String sandbox, Deadline deadline) { // RN-10
        var request = ids(network.id(), endpoint.id());
        request.put("SandboxKey", sandbox);
        request.put("Options", options(endpoint));
        JoinAnswer answer = plugin.call(Method.JOIN, request, deadline, JoinAnswer::read);
        Optional<JoinAnswer.Link> link = answer.link();
        link.ifPresent(names -> {
            checked(() -> InterfaceNames.check(names.source()));
            checked(() -> InterfaceNames.check(names.name().isEmpty() ? names.prefix() + "0" : names.name()));
        });
        Map<String, String> note = EndpointNote.of(answer);
        checked(() -> EndpointNote.read(note).routesBy(USUAL_PREFIX));
        return new Offer(
                link.map(JoinAnswer.Link::name).filter(name -> !name.isEmpty()),
                link.map(JoinAnswer.Link::prefix)
                        .filter(prefix -> !prefix.isEmpty())
                        .orElse(USUAL_PREFIX),
                note);
    }

    private void checked(Runnable check) {
        try {
            check.run();
        } catch (InvalidRequestException impossible) {
            throw plugin.senseless(Method.JOIN, "what cannot be made: " + impossible.getMessage(), impossible);
        }
    }

    @Override
    public void leave(NetworkId network, EndpointId endpoint, Deadline deadline) { // RN-11
        Absent.isFine(() -> plugin.call(Method.LEAVE, ids(network, endpoint), deadline, Fields::values));
    }

    @Override
    public void serveAsGateway(
            NetworkId network, EndpointState endpoint, boolean otherForIpv6, Deadline deadline) { // RN-12
        Map<String, Object> options = options(endpoint);
        if (otherForIpv6) {
            options.put(NO_PROXY, true);
        }
        Map<String, Object> request = ids(network, endpoint.id());
        request.put("Options", options);
        boolean done = plugin.callOptional(Method.PROGRAM_CONNECTIVITY, request, deadline, Fields::values)
                .isPresent();
        if (!done && !endpoint.publish().isEmpty()) {
            throw new UnsupportedException(
                    "plug-in '" + name() + "' publishes no ports: it has no " + Method.PROGRAM_CONNECTIVITY
                            + "; connect endpoint '" + endpoint.name() + "' without " + endpoint.publish());
        }
    }

    @Override
    public void serveNoMore(NetworkId network, EndpointId endpoint, Deadline deadline) { // RN-13
        Absent.isFine(() ->
                plugin.callOptional(Method.REVOKE_CONNECTIVITY, ids(network, endpoint), deadline, Fields::values));
    }

    /** Returns the options of an endpoint, with the ports that it is to be published on where the engine has them. */
    private static Map<String, Object> options(EndpointState endpoint) {
        var options = new TreeMap<String, Object>(endpoint.options());
        if (!endpoint.publish().isEmpty()) {
            options.put(PortBindings.OPTION, PortBindings.write(endpoint.publish()));
        }
        return options;
    }

    @Override
    public boolean needsWayOut(NetworkState network, EndpointState endpoint) { // GW-06, RN-10
        return EndpointNote.read(endpoint.note()).needsWayOut();
    }

    // ---- plans: from the note alone

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        return Map.of();
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return Plan.EMPTY;
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return endpoint.note();
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        EndpointNote note = EndpointNote.read(endpoint.note());
        Plan link = note.link()
                .map(source -> Plan.of(new MoveLink(
                        source,
                        point.namespace(),
                        point.interfaceName(),
                        note.ownMac() ? Optional.empty() : Optional.of(endpoint.mac()),
                        Mark.of(
                                network.controller(),
                                "endpoint " + endpoint.id().shortForm()))))
                .orElse(Plan.EMPTY);
        return new Attachment(link, note.gateways(), note.routesBy(point.interfaceName()));
    }
}
