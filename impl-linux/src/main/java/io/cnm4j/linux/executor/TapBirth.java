package io.cnm4j.linux.executor;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.netlink.MessageBuilder;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.linux.vxlan.Tap;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkSpec;

/** TAP devices: marked and put in place before they are told to stay, so that one whose maker ended too early goes with him. */
final class TapBirth {
    private TapBirth() {}

    /** Makes the device, which no link has the name of. */
    static void make(AddLink op, LinkSpec.Tap spec, Site site) {
        int master = NumberingHandler.index(op, spec.bridge(), site);
        int fd = site.inside(op.namespace(), () -> Tap.birth(spec.name())); // goes with its descriptor
        try {
            int index = NumberingHandler.index(op, spec.name(), site);
            MessageBuilder messages = site.messages();
            LinkMessages.group(messages, index, spec.mark());
            LinkMessages.alias(messages, index, spec.mark());
            spec.mac().ifPresent(mac -> LinkMessages.mac(messages, index, mac));
            if (spec.mtu() != 0) {
                LinkMessages.mtu(messages, index, spec.mtu());
            }
            LinkMessages.master(messages, index, master);
            LinkMessages.up(messages, index);
            Refusal.check(site.change(op.namespace(), op), op);
            ((CountingTap) site.tap()).around(op, () -> {
                Tap.stay(fd);
                return fd;
            });
        } finally {
            CALLS.close(fd);
        }
    }
}
