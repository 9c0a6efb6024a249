package io.cnm4j.linux.rtnetlink;

import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.Family;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Questions about the namespace of one socket. Changes nothing. A link that went away, also between two questions, has nothing: no
 * address, no neighbour, no route.
 */
public final class RtnetlinkQueries {
    private final NetlinkSocket route;
    private final MessageBuilder messages;

    /**
     * @param route a socket of NETLINK_ROUTE
     * @param messages a buffer for the questions, cleared for each
     */
    public RtnetlinkQueries(NetlinkSocket route, MessageBuilder messages) {
        this.route = route;
        this.messages = messages;
    }

    /**
     * Returns the link of this name, if there is one.
     *
     * @throws KernelException if the kernel refuses to tell
     */
    public Optional<LinkState> link(String name) {
        return message(name).map(LinkState::read);
    }

    /** Returns the link of this index, if there is one. */
    public Optional<LinkState> link(int index) {
        LinkMessages.get(messages.clear(), index);
        return answer("ip link show index " + index).map(LinkState::read);
    }

    /** Returns the value of a parameter; absent if there is no such link, or it has no IPv6 at all. */
    public Optional<String> parameter(Ipv6Parameter parameter) {
        return message(parameter.link()).flatMap(parameter::read);
    }

    private Optional<ByteBuffer> message(String name) {
        LinkMessages.get(messages.clear(), name);
        return answer("ip link show dev " + name);
    }

    private Optional<ByteBuffer> answer(String question) {
        Reply reply = route.send(messages).get(0);
        if (reply.errno() == Errno.ENODEV) {
            return Optional.empty();
        }
        if (!reply.ok()) {
            throw new KernelException(
                    question, reply.errno(), Errno.name(reply.errno()), reply.says(), Errno.advice(reply.errno()));
        }
        return reply.data().stream().findFirst();
    }

    /** Returns all links with their counters. */
    public List<LinkState> counters() {
        LinkMessages.listCounters(messages.clear());
        return route.dump(messages).stream().map(LinkState::read).toList();
    }

    /** Returns all links. A whole table: not for a path that must be fast. */
    public List<LinkState> links() {
        LinkMessages.list(messages.clear());
        return route.dump(messages).stream().map(LinkState::read).toList();
    }

    /** Returns the addresses of the link with this index. */
    public List<AddressState> addresses(int link) {
        AddressMessages.listAddresses(messages.clear(), link);
        return behindALink().stream()
                .map(AddressState::read)
                .filter(address -> address.link() == link) // kernels before 4.20 do not filter
                .toList();
    }

    /** Returns the addresses of all links. A whole table: not for a path that must be fast. */
    public List<AddressState> addresses() {
        AddressMessages.listAddresses(messages.clear(), 0);
        return route.dump(messages).stream().map(AddressState::read).toList();
    }

    /** Returns the neighbours behind the link with this index. */
    public List<NeighbourState> neighbours(int link) {
        NeighbourMessages.list(messages.clear(), link);
        return behindALink().stream()
                .map(NeighbourState::read)
                .filter(neighbour -> neighbour.link() == link) // old kernels do not filter
                .toList();
    }

    /** Returns the addresses for which the host answers, each with the link behind which it is. */
    public List<NeighbourState> proxies() {
        NeighbourMessages.listProxies(messages.clear());
        return route.dump(messages).stream().map(NeighbourState::read).toList();
    }

    /** Returns where the tunnel with this index has hardware addresses; many for one of zeros. */
    public List<NeighbourState> tunnelPeers(int tunnel) {
        NeighbourMessages.listForwarding(messages.clear());
        return route.dump(messages).stream()
                .map(NeighbourState::read)
                .filter(entry -> entry.link() == tunnel && entry.address().isPresent())
                .toList();
    }

    /** Returns the forwarding entries of the bridge with this index. */
    public List<NeighbourState> forwarding(int bridge) {
        NeighbourMessages.listForwarding(messages.clear(), bridge);
        return behindALink().stream().map(NeighbourState::read).toList();
    }

    /**
     * Returns the routes of this family in the main table.
     *
     * @param link index of the link through which they go, 0 for any
     */
    public List<RouteState> routes(Family family, int link) {
        AddressMessages.listRoutes(messages.clear(), family, link);
        try {
            return behindALink().stream()
                    .map(RouteState::read)
                    .filter(found -> link == 0 || found.link() == link)
                    .toList();
        } catch (KernelException noTable) {
            if (noTable.errno() == Errno.ENOENT) { // no route of this family was ever made
                return List.of();
            }
            throw noTable;
        }
    }

    /** Asks for what is behind one link; nothing is, if the link is gone. */
    private List<ByteBuffer> behindALink() {
        try {
            return route.dump(messages);
        } catch (KernelException failure) {
            if (failure.errno() == Errno.ENODEV) {
                return List.of();
            }
            throw failure;
        }
    }
}
