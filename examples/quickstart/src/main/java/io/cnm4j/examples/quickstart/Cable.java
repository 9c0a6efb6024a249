package io.cnm4j.examples.quickstart;

import static io.cnm4j.linux.netns.NamespaceWorkers.inside;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.rtnetlink.AddressMessages;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.RouteSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/** A veth pair between two namespaces of the stage, with addresses and routes; by netlink, on a namespace worker. */
final class Cable {
    private Cable() {}

    /** Lays the cable; both ends are up. */
    static Cable between(NamespaceRef here, String nearEnd, NamespaceRef there, String farEnd) {
        var veth = new LinkSpec.Veth(nearEnd, 0, Optional.empty(), "", new LinkSpec.Peer(there, farEnd, Optional.empty()));
        int namespace = Namespaces.openFd(there);
        try {
            inside(here, () -> send(messages -> LinkMessages.make(messages, veth, 0, namespace)));
        } finally {
            LibC.CALLS.close(namespace);
        }
        return new Cable().at(there, farEnd, LinkMessages::up);
    }

    /** Adds an address to one end. */
    Cable address(NamespaceRef where, String end, IpPrefix address) {
        return at(where, end, (messages, index) -> AddressMessages.add(messages, index, address));
    }

    /** Adds a route at one end. */
    Cable route(NamespaceRef where, RouteSpec route) {
        return at(where, route.link(), (messages, index) -> AddressMessages.add(messages, index, route));
    }

    private Cable at(NamespaceRef where, String end, ObjIntConsumer<MessageBuilder> change) {
        inside(where, () -> {
            List<Reply> link = send(messages -> LinkMessages.get(messages, end));
            int index = LinkMessages.read(link.get(0).data().get(0)).index();
            return send(messages -> change.accept(messages, index));
        });
        return this;
    }

    private static List<Reply> send(java.util.function.Consumer<MessageBuilder> message) {
        var messages = new MessageBuilder();
        message.accept(messages);
        try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE)) {
            List<Reply> replies = socket.send(messages);
            replies.stream().filter(reply -> !reply.ok()).forEach(reply -> {
                throw new IllegalStateException("the stage could not be wired: " + reply);
            });
            return replies;
        }
    }
}
