package io.cnm4j.linux.executor;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.linux.rtnetlink.LinkMessages;
import io.cnm4j.spi.plan.LinkOp.AddLink;
import io.cnm4j.spi.plan.LinkSpec;
import io.cnm4j.spi.plan.NamespaceRef;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * VXLAN devices: born where they live, with their socket in the host's namespace, where VNI and port are one device's only. A device in a
 * namespace that has gone has them until the kernel has cleaned up, and nothing tells when that is.
 */
final class VxlanBirth {
    private static final Duration CLEANING_UP = Duration.ofSeconds(5); // milliseconds, unless the host is out of breath
    private static final Duration PAUSE = Duration.ofMillis(5);

    private VxlanBirth() {}

    /**
     * Makes the device, which no link has the name of.
     *
     * @param master index of its bridge
     * @throws ConflictException if another device has VNI and port, and keeps them
     * @throws io.cnm4j.api.error.DeadlineException if the call's time is over before that is known
     */
    static List<Reply> make(AddLink op, LinkSpec.Vxlan spec, int master, Site site) {
        long start = System.nanoTime();
        List<Reply> replies = ask(op, spec, master, site);
        while (isTaken(replies) && site.index(op.namespace(), spec.name()) == 0) {
            if (System.nanoTime() - start > CLEANING_UP.toNanos()) {
                throw new ConflictException("another VXLAN device of this host has VNI " + spec.vni() + " at port "
                        + spec.port() + ", perhaps Docker's; remove it, or give the network another VNI or the cluster "
                        + "another data port");
            }
            site.deadline().check("VNI " + spec.vni() + " at port " + spec.port() + ", which another VXLAN device has");
            LockSupport.parkNanos(PAUSE.toNanos());
            replies = ask(op, spec, master, site);
        }
        return replies;
    }

    private static boolean isTaken(List<Reply> replies) {
        return replies.get(0).errno() == Errno.EEXIST;
    }

    private static List<Reply> ask(AddLink op, LinkSpec.Vxlan spec, int master, Site site) {
        LinkMessages.make(site.messages(), spec, master, site.descriptor(op.namespace()));
        return site.change(NamespaceRef.HOST, op);
    }
}
