package io.cnm4j.linux.executor;

import io.cnm4j.api.model.Family;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.dns.NameServers;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.netns.Task;
import io.cnm4j.linux.nftables.NftBatch;
import io.cnm4j.linux.nftables.NftQueries;
import io.cnm4j.linux.relay.PortSockets;
import io.cnm4j.linux.rtnetlink.AddressState;
import io.cnm4j.linux.rtnetlink.LinkState;
import io.cnm4j.linux.rtnetlink.NeighbourState;
import io.cnm4j.linux.rtnetlink.RouteState;
import io.cnm4j.linux.rtnetlink.RtnetlinkQueries;
import io.cnm4j.linux.vxlan.Tunnels;
import io.cnm4j.linux.xfrm.SealedPorts;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where one call of the executor works: sockets in the host namespace and in sandboxes. Used by one worker. */
final class Site implements AutoCloseable {
    private final HomeSockets home;
    private final Map<NamespaceRef, NetlinkSocket> sockets = new HashMap<>();
    private final Map<NamespaceRef, Integer> descriptors = new HashMap<>();
    private final Map<String, List<?>> answers = new HashMap<>(); // forgotten with the first change
    private final Map<String, NftQueries> tables = new HashMap<>(); // the same
    private final List<Runnable> atEnd = new ArrayList<>();
    private final NameServers servers;
    private final PortSockets ports;
    private final Tunnels tunnels;
    private final SealedPorts sealed;
    private final CountingTap tap;
    private final Deadline deadline;

    /**
     * @param portIds where the port ids of new sockets go
     * @param ports ports of the host that are held
     * @param tunnels encrypted tunnels that end here
     * @param sealed ports whose packets the kernel encrypts
     * @param deadline of the call
     */
    Site(
            KernelTap tap,
            Set<Integer> portIds,
            NameServers servers,
            PortSockets ports,
            Tunnels tunnels,
            SealedPorts sealed,
            Deadline deadline) {
        this.deadline = deadline;
        this.tunnels = tunnels;
        this.sealed = sealed;
        this.home = HomeSockets.ofWorker(portIds);
        this.servers = servers;
        this.ports = ports;
        this.tap = new CountingTap(tap);
    }

    /** Told of every change; counts them. */
    KernelTap tap() {
        return tap;
    }

    int writes() {
        return tap.writes;
    }

    /** Returns by when the call must have come back. */
    Deadline deadline() {
        return deadline;
    }

    /** Goes on only if there is time for this operation. */
    void check(KernelOp op) {
        if (deadline.isOver()) {
            throw deadline.expired("'" + op.render().get(0) + "'");
        }
    }

    /** Returns the message buffer, empty. */
    MessageBuilder messages() {
        return home.messages().clear();
    }

    /** Returns an empty transaction in the message buffer. */
    NftBatch batch() {
        return new NftBatch(home.messages());
    }

    /** Returns the ports of the host that are held. */
    PortSockets ports() {
        return ports;
    }

    /** Returns the encrypted tunnels that end in this process. */
    Tunnels tunnels() {
        return tunnels;
    }

    /** Returns the ports whose packets the kernel encrypts. */
    SealedPorts sealed() {
        return sealed;
    }

    /** Returns the socket for nftables of the host namespace. */
    NetlinkSocket netfilter() {
        return home.netfilter();
    }

    /** Returns what can be asked about the elements of a table; of one question after the other without a change between them, a set is read once. */
    NftQueries elements(FirewallTable table) {
        return tables.computeIfAbsent(table.name(), name -> new NftQueries(netfilter(), table));
    }

    /** Sends the batch, which changes something for this operation. */
    Optional<Reply> change(NftBatch batch, KernelOp op) {
        tables.clear();
        return tap.around(op, () -> batch.commit(netfilter()));
    }

    /** Returns the name servers of this process. */
    NameServers servers() {
        return servers;
    }

    private NetlinkSocket route(NamespaceRef namespace) {
        return namespace.isHost() ? home.route() : sockets.computeIfAbsent(namespace, this::open);
    }

    private NetlinkSocket open(NamespaceRef namespace) {
        return inside(namespace, () -> NetlinkSocket.open(NetlinkSocket.ROUTE));
    }

    /** Runs the task inside the namespace. */
    <T> T inside(NamespaceRef namespace, Task<T, RuntimeException> task) {
        return NamespaceWorkers.inside(namespace, descriptor(namespace), task);
    }

    /** Returns a descriptor of a namespace, open until this call ends; -1 for the host's. */
    int descriptor(NamespaceRef namespace) {
        return namespace.isHost() ? -1 : descriptors.computeIfAbsent(namespace, Namespaces::openFd);
    }

    /** Returns what can be asked about a namespace; the answers use the message buffer. */
    RtnetlinkQueries queries(NamespaceRef namespace) {
        return new RtnetlinkQueries(route(namespace), home.messages());
    }

    /** Returns the addresses of a link; of one question after the other without a change between them, only the first is asked. */
    @SuppressWarnings("unchecked") // the key names the kind
    List<AddressState> addresses(NamespaceRef namespace, int link) {
        return (List<AddressState>) answers.computeIfAbsent(
                "addresses " + link + " " + namespace, key -> queries(namespace).addresses(link));
    }

    /** Returns the neighbours behind a link, in the same way. */
    @SuppressWarnings("unchecked") // the key names the kind
    List<NeighbourState> neighbours(NamespaceRef namespace, int link) {
        return (List<NeighbourState>) answers.computeIfAbsent(
                "neighbours " + link + " " + namespace,
                key -> queries(namespace).neighbours(link));
    }

    /** Returns the addresses for which the host answers, in the same way. */
    @SuppressWarnings("unchecked") // the key names the kind
    List<NeighbourState> proxies(NamespaceRef namespace) {
        return (List<NeighbourState>) answers.computeIfAbsent(
                "proxies " + namespace, key -> queries(namespace).proxies());
    }

    /** Returns where a tunnel has hardware addresses, in the same way. */
    @SuppressWarnings("unchecked") // the key names the kind
    List<NeighbourState> tunnelPeers(NamespaceRef namespace, int link) {
        return (List<NeighbourState>) answers.computeIfAbsent(
                "peers " + link + " " + namespace, key -> queries(namespace).tunnelPeers(link));
    }

    /** Returns the routes of a family through a link, in the same way. */
    @SuppressWarnings("unchecked") // the key names the kind
    List<RouteState> routes(NamespaceRef namespace, Family family, int link) {
        return (List<RouteState>) answers.computeIfAbsent(
                "routes " + family + " " + link + " " + namespace,
                key -> queries(namespace).routes(family, link));
    }

    /** Sends the messages, which change something for this operation. */
    List<Reply> change(NamespaceRef namespace, KernelOp op) {
        answers.clear();
        tables.clear();
        NetlinkSocket socket = route(namespace);
        return tap.around(op, () -> socket.send(home.messages()));
    }

    /** Sends the messages, which change nothing. */
    List<Reply> ask(NamespaceRef namespace) {
        return route(namespace).send(home.messages());
    }

    /** Tells whether there is a namespace; one that this call has entered stays until it ends. */
    boolean exists(NamespaceRef namespace) {
        return sockets.containsKey(namespace) || Namespaces.exists(namespace);
    }

    /** Returns the index of the link of this name, 0 if there is none. */
    int index(NamespaceRef namespace, String name) {
        return route(namespace).linkIndex(name);
    }

    /** Returns the link of this name, if there is one; none in a namespace that is gone. */
    Optional<LinkState> link(NamespaceRef namespace, String name) {
        return exists(namespace) ? queries(namespace).link(name) : Optional.empty();
    }

    /** Waits for something that was begun when this call ends, not before. */
    void atEnd(Runnable wait) {
        atEnd.add(wait);
    }

    @Override
    public void close() {
        sockets.values().forEach(NetlinkSocket::close);
        descriptors.values().forEach(LibC.CALLS::close);
        atEnd.forEach(Runnable::run);
    }
}
