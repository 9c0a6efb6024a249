package io.cnm4j.linux.host;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.feature.KernelFeatures;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.nftables.Barriers;
import io.cnm4j.linux.rtnetlink.AddressState;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.RtnetlinkQueries;
import io.cnm4j.linux.sysctl.Sysctls;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.KernelFeature;
import io.cnm4j.spi.host.LinkFacts;
import io.cnm4j.spi.host.PacketWay;
import io.cnm4j.spi.host.UsedSubnets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Asks the kernel, on a worker of the host namespace. Thread-safe. */
public final class LinuxHostView implements HostView {
    private static final IpAddress STUB = IpAddress.parse("127.0.0.53"); // systemd-resolved(8)
    private static final Path BEYOND_STUB = Path.of("/run/systemd/resolve/resolv.conf");
    private static final Duration LIMIT = Duration.ofSeconds(10); // the kernel answers at once; a worker may be busy

    private final NamespaceWorkers workers;
    private final KernelFeatures features;
    private final Path resolvConf;

    /**
     * @param workers threads at home in the host namespace
     * @param resolvConf the host's file of name servers, resolv.conf(5)
     */
    public LinuxHostView(NamespaceWorkers workers, Path resolvConf) {
        this.workers = workers;
        this.features = new KernelFeatures(workers);
        this.resolvConf = resolvConf;
    }

    private <T> T ask(Function<RtnetlinkQueries, T> question) {
        return workers.call(Deadline.after(LIMIT), () -> {
            try (var socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
                return question.apply(new RtnetlinkQueries(socket, new MessageBuilder()));
            }
        });
    }

    @Override
    public Optional<LinkFacts> link(String name) {
        return ask(queries -> queries.link(name).map(LinkState::facts));
    }

    @Override
    public Optional<LinkFacts> linkWith(IpAddress address) {
        return ask(queries -> queries.links().stream()
                .filter(link -> queries.addresses(link.index()).stream()
                        .anyMatch(there -> there.address().address().equals(address)))
                .map(LinkState::facts)
                .findFirst());
    }

    @Override
    public List<IpPrefix> addresses(String link) {
        return ask(
                queries -> queries.link(link).map(state -> queries.addresses(state.index())).orElse(List.of()).stream()
                        .filter(address -> !address.linkLocal())
                        .map(AddressState::address)
                        .toList());
    }

    @Override
    public Optional<String> sysctl(String key) {
        return workers.call(Deadline.after(LIMIT), () -> Sysctls.read(key));
    }

    @Override
    public UsedSubnets subnetsInUse(Family family) {
        UsedSubnets servers = UsedSubnets.of(nameServers().stream()
                .filter(server -> server.family() == family)
                .map(server -> new IpPrefix(server, family.bits()))
                .map(server -> new UsedSubnets.Use(server, () -> "name server"))
                .toList());
        OnLinkRoutes routes =
                workers.call(Deadline.after(LIMIT), () -> HostRoutes.ofWorker().now());
        return subnet -> routes.overlapping(subnet).map(this::use).or(() -> servers.overlapping(subnet));
    }

    private UsedSubnets.Use use(OnLinkRoutes.OnLink route) {
        return new UsedSubnets.Use(route.subnet(), () -> "route of " + name(route.link()));
    }

    private String name(int link) {
        return ask(queries -> queries.link(link).map(state -> state.facts().name()))
                .orElse("a link that is gone");
    }

    @Override
    public List<IpAddress> nameServers() {
        return ResolvConf.nameServers(ResolvConf.text(resolvConf));
    }

    @Override
    public ResolverText resolverConfiguration() {
        String text = ResolvConf.text(resolvConf);
        boolean stub = ResolvConf.nameServers(text).equals(List.of(STUB)); // RC-01
        return new ResolverText(text, stub ? ResolvConf.text(BEYOND_STUB) : text);
    }

    @Override
    public Map<PacketWay, List<String>> barriers(Set<PacketWay> ways) {
        return workers.call(Deadline.after(LIMIT), () -> {
            try (var socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
                var barriers = new Barriers(socket);
                return ways.stream().collect(Collectors.toMap(way -> way, barriers::on));
            }
        });
    }

    @Override
    public void require(KernelFeature feature) {
        features.require(feature);
    }
}
